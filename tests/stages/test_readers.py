"""Readers beside a truth, and raters without one, in a run whose model knows the answer."""

import csv

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.io.write import write_image
from isocenter.stages.readers import READERS
from isocenter.stages.report import report
from isocenter.stages.run import run

STUDY = """
name: read
cases: cases.csv
inputs: {{picture: picture}}
targets: [{{name: disease, type: class, columns: disease, classes: [healthy, ill], {who}}}]
method: thumbnail
baselines: [class_prior]
split: {{test: 0.5, tune: 0.2}}
"""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """60 patients, half of them ill and bright on the other side.

    ann never errs, bob calls every fifth case wrongly, cal read every other one.
    """
    home = tmp_path_factory.mktemp("read")
    rows = []
    for i in range(60):
        ill = i % 2
        samples = np.random.default_rng(i).normal(80, 5, (16, 16))
        samples[8 * ill : 8 * ill + 8] += 80
        samples = samples.clip(0, 255).astype(np.uint8)
        write_image(held_image(samples[None], plain_grid((16, 16))), home / f"{i}.png")
        word = ["healthy", "ill"]
        rows.append(
            {
                "case": f"c{i}", "patient": f"p{i}", "picture": f"{i}.png", "disease": word[ill], "disease_ann": word[ill],
                "disease_bob": word[ill ^ (i % 5 == 0)], "disease_cal": word[ill] if (i // 2) % 2 else "",
            }
        )  # fmt: skip
    with open(home / "cases.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return home


def measured(home, name, who):
    (home / f"{name}.yaml").write_text(STUDY.format(who=who), encoding="utf-8")
    made = run(home / f"{name}.yaml", out=home / name, test=True)
    return made, {(e.who, e.name): e for e in made.estimates(READERS)}


def test_readers_and_the_model_are_judged_by_a_truth_that_is_none_of_theirs(pictures):
    made, found = measured(pictures, "truth", "readers: [ann, bob, cal]")
    assert found["rater:ann", "f1"].value == 1.0
    assert found["rater:bob", "f1"].value < 0.95
    assert found["rater:cal", "f1"].cases < found["rater:ann", "f1"].cases == 30
    mean = np.mean([found[f"rater:{who}", "f1"].value for who in ("ann", "bob", "cal")])
    assert found["mean of readers", "f1"].value == pytest.approx(mean)
    assert found["model", "f1"].value == 1.0  # the side says it
    gap = found["model - mean of readers", "f1"]
    assert gap.value == pytest.approx(1.0 - mean)
    assert gap.ci95[0] > 0
    assert 0 < found["all readers", "fleiss_kappa"].value < 1
    html = report(made).read_text(encoding="utf-8")
    assert "Readers beside the model" in html
    assert "model minus mean of readers" in html
    assert "A human rater" not in html  # no AUC of a yes or no beside the model's


def test_raters_without_a_truth_are_judged_by_one_another(pictures):
    _, found = measured(pictures, "others", "raters: [ann, bob]")
    assert found["rater:ann", "f1"].value == pytest.approx(found["rater:bob", "f1"].value)  # each by the other
    by_both = (1.0 + found["rater:ann", "f1"].value) / 2
    assert found["model", "f1"].value == pytest.approx(by_both)


def test_a_threshold_chosen_on_the_cases_measured_gives_the_model_no_row(pictures):
    who = "readers: [ann, bob], operate: {positive: [ill], sensitivity: 0.9}"
    (pictures / "tuned.yaml").write_text(STUDY.format(who=who), encoding="utf-8")
    made = run(pictures / "tuned.yaml", out=pictures / "tuned")
    assert {e.who for e in made.estimates(READERS)} == {"rater:ann", "rater:bob", "mean of readers", "all readers"}
    _, found = measured(pictures, "tuned", who)
    assert found["model", "sensitivity"].value > 0.8


def test_raters_and_readers_at_once_are_refused(pictures):
    with pytest.raises(StudyError, match="names raters and readers"):
        measured(pictures, "both", "readers: [ann], raters: [ann, bob]")
