"""Planted wrong labels are found, shown and listed; agreement of two labelers; what an audit leaves in the run."""

import csv
import json

import numpy as np
import pytest

from isocenter.audits.audit import AUDITS, audit
from isocenter.cli.main import build
from isocenter.core.errors import RunError
from isocenter.phantoms.tracer.texts import reports
from isocenter.stages.run import run

FLIPPED = 0.1


@pytest.fixture(scope="module")
def flipped(tmp_path_factory):
    """A finished run of 160 reports in 4 folds, a tenth of whose labels were flipped; and the flipped (case, finding)."""
    folder = tmp_path_factory.mktemp("noise")
    rng = np.random.default_rng(1)
    study, cases = reports(rng, each=40)
    names = study.targets[0].columns
    planted = set()
    rows = []
    for case in cases:
        given = case.labels["findings"].p.copy()
        for k, name in enumerate(names):
            if rng.random() < FLIPPED:
                given[k] = 1 - given[k]
                planted.add((case.key, name))
        rows.append([case.key, case.inputs["report"], *(str(int(v)) for v in given)])
    with (folder / "cases.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["case", "report", *names], *rows])
    (folder / "study.yaml").write_text(
        "name: noisy\ncases: cases.csv\ninputs: {report: report}\nunits: {report: text}\n"
        f"targets: [{{name: findings, type: multilabel, columns: [{', '.join(names)}]}}]\n"
        "method: report_ngrams\nbaselines: [report_rules]\nsplit: {folds: 4}\n"
    )
    done = run(folder / "study.yaml", out=folder / "run")
    return done, planted


def test_most_planted_flips_are_suspect_and_few_others(flipped):
    done, planted = flipped
    audit(done.path, ["label_noise"])
    with (done.path / "label_noise_findings.csv").open() as file:
        rows = list(csv.DictReader(file))
    found = {(row["case"], row["label"]) for row in rows}
    assert len(found & planted) >= 0.8 * len(planted)
    assert len(found & planted) >= 0.8 * len(found)
    beliefs = [float(row["confidence_in_given"]) for row in rows]
    assert beliefs == sorted(beliefs)
    first = {(row["case"], row["label"]) for row in rows[:20]}
    assert len(first & planted) >= 18


def test_the_finding_has_cases_evidence_and_a_figure(flipped):
    done, _ = flipped
    (finding,) = audit(done.path, ["label_noise"])
    assert finding.severity == "warning"
    assert finding.cases
    assert (done.path / finding.figure).stat().st_size > 10_000
    share = finding.evidence[0]
    assert share.ci95[0] < share.value < share.ci95[1]


def test_labelers_are_compared_finding_by_finding(flipped):
    done, _ = flipped
    (finding,) = audit(done.path, ["labeler_agreement"])
    assert [e.group for e in finding.evidence] == ["finding=cardiomegaly", "finding=pleural_effusion", "finding=nodule"]
    assert all(e.value > 0.7 for e in finding.evidence)
    assert finding.severity == "note"


def test_findings_of_other_audits_stay_in_the_run(flipped):
    done, _ = flipped
    audit(done.path)
    audit(done.path, ["label_noise"])
    codes = [row["code"] for row in json.loads((done.path / "findings.json").read_text())]
    assert sorted(codes) == ["label_noise", "labeler_agreement"]
    assert {"label_noise", "labeler_agreement"} <= {finding.code for finding in done.findings()}


def test_the_command_ends_with_status_1_when_there_is_a_finding(flipped):
    from typer.testing import CliRunner

    done, _ = flipped
    result = CliRunner().invoke(build(), ["audit", str(done.path), "label_noise", "--json"])
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["asked"], told["left_out"]) == (["label_noise"], {})
    assert told["findings"][0]["code"] == "label_noise"
    assert CliRunner().invoke(build(), ["audit", str(done.path), "labeler_agreement"]).exit_code == 0


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(RunError, match=r"holds no study\.yaml"):
        audit(tmp_path, ["label_noise"])


def test_every_audit_asks_a_question_and_cites():
    for name in AUDITS.names():
        each = AUDITS.get(name)
        assert each.name == name
        assert each.question.endswith("?")
        assert len(each.cite) > 20
