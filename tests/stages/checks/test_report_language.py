"""A report in another language is a finding, not a wrong label."""

from pathlib import Path

import pytest

from isocenter.stages.check import check

REPORTS = ["No pleural effusion. The heart is normal."] * 3 + ["Kein Erguss, das Herz ist normal.", "Clear."]


def findings(folder: Path, reports: list[str], method: str = "") -> list:
    rows = [f'c{i},"{text}",{i % 2}' for i, text in enumerate(reports)]
    (folder / "cases.csv").write_text("\n".join(["case,report,nodule", *rows]) + "\n", encoding="utf-8")
    (folder / "study.yaml").write_text(
        "name: reports\ncases: cases.csv\ninputs: {report: report}\nunits: {report: text}\n"
        f"targets: [{{name: f, type: multilabel, columns: [nodule]}}]\n{method}",
        encoding="utf-8",
    )
    return [f for f in check(folder / "study.yaml") if f.code == "report_language"]


@pytest.mark.parametrize("method", ["", "method: report_rules\n"])
def test_the_stray_report_is_named(tmp_path, method):
    (finding,) = findings(tmp_path, REPORTS, method)
    assert finding.cases == ("c3",)
    assert "1 in de, of 5" in finding.got


def test_reports_in_a_language_the_rules_do_not_know_are_all_named(tmp_path):
    german = ["Kein Erguss, das Herz ist normal."] * 3
    assert findings(tmp_path, german) == []
    (finding,) = findings(tmp_path, german, "method: report_rules\n")
    assert len(finding.cases) == 3


def test_one_language_is_no_finding(tmp_path):
    assert findings(tmp_path, REPORTS[:3]) == []
