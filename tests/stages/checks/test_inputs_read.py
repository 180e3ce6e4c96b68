"""A method that cannot read what the study shows is told before anything is planned."""

import pytest

from isocenter.core.errors import StudyError
from isocenter.io.study_file import read_study
from isocenter.methods.registry import method_of
from isocenter.stages.check import check
from tests.stages.made_study import STUDY, made_study

REPORTS = "name: reports\ncases: cases.csv\ninputs: {report: report}\nunits: {report: text}\n"
FINDINGS = "targets: [{name: f, type: multilabel, columns: [nodule]}]\n"


def reports(folder, more=""):
    rows = [f'c{i},"No nodule. The heart is normal.",{i % 2}' for i in range(4)]
    (folder / "cases.csv").write_text("\n".join(["case,report,nodule", *rows]) + "\n")
    (folder / "study.yaml").write_text(REPORTS + FINDINGS + more)
    return folder / "study.yaml"


def unread(path):
    return [f for f in check(path, headers_only=True) if f.code == "inputs_not_read"]


def test_reports_without_a_method_are_told_the_methods_for_reports(tmp_path):
    (finding,) = unread(reports(tmp_path))
    assert finding.severity == "failure"
    assert "the method cnn reads: images" in finding.expected
    assert finding.got == "text alone"
    assert "`method: report_ngrams`" in finding.do
    assert "`report_rules`" in finding.do


@pytest.mark.parametrize(
    "more", ["method: report_rules\n", "method: label_prior\n", "vary: {method: [report_rules, report_ngrams]}\n"]
)
def test_methods_for_reports_and_the_baseline_are_fine(tmp_path, more):
    assert unread(reports(tmp_path, more)) == []


def test_every_arm_is_looked_at(tmp_path):
    (finding,) = unread(reports(tmp_path, "vary: {method: [report_rules, mil]}\n"))
    assert "the method mil" in finding.expected


def test_a_method_for_reports_is_told_of_images(tmp_path):
    study = STUDY[: STUDY.index("targets:")] + FINDINGS + "method: report_rules\n"

    def spoil(folder):
        head, *rows = (folder / "cases.csv").read_text().splitlines()
        (folder / "cases.csv").write_text("\n".join([f"{head},nodule", *(f"{row},{i % 2}" for i, row in enumerate(rows))]) + "\n")

    (finding,) = unread(made_study(tmp_path, study=study, spoil=spoil))
    assert (finding.expected, finding.got) == ("an input the method report_rules reads: text", "images alone")
    assert "units: {t1: text}" in finding.do


def test_images_for_a_network_are_fine(tmp_path):
    assert unread(made_study(tmp_path)) == []


def test_a_plan_names_the_methods_for_reports_too(tmp_path):
    study = read_study(reports(tmp_path))
    with pytest.raises(StudyError, match=r"images for method cnn, got text alone .*`method: report_ngrams`"):
        method_of(study).plan(study, {"shapes": []}, minutes=1.0, gigabytes=1.0)
