"""Cases unlike those learned from: the line by hand, and one study from its table to new images that get no answer."""

import csv
import math

import numpy as np
import pytest
from pydantic import ValidationError

from isocenter.core.errors import RunError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.operate import Operate, Refuse
from isocenter.core.prediction import Prediction
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.io.answers import write_cases
from isocenter.io.study_file import write_study
from isocenter.io.write import write_image
from isocenter.stages.decided import decide_all
from isocenter.stages.operate import check_tuning, operate
from isocenter.stages.predict import predict
from isocenter.stages.run import run
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.unlike import choose_line, read_line, refused_by

NAMES = ("left", "right")


def a_study(share=0.2, **fields):
    target = Target(name="side", type="class", columns=("side",), classes=NAMES, operate=fields.pop("operate", None))
    return Study(
        name="discs", cases="cases.csv", inputs={"film": "image"}, targets=(target,), refuse=Refuse(unlike=share), **fields
    )


def a_run(folder, study, distances, *, patients=None, odd=()):
    """Tuning cases at these distances, and three to test: at 1, at 100, of another kind."""
    run = RunFolder(folder).create()
    run.write(study)
    keys = [f"tune{i}" for i in range(len(distances))] + ["near", "far", "odd"]
    people = [*(patients or keys[: len(distances)]), "near", "far", "odd"]
    part = ["tune"] * len(distances) + ["test"] * 3
    rows = [f"{k},{p},none.png,{NAMES[i % 2]}\n" for i, (k, p) in enumerate(zip(keys, people, strict=True))]
    (folder / "cases.csv").write_text("case,patient,image,side\n" + "".join(rows))
    placed = [f"{k},{p},{where},\n" for k, p, where in zip(keys, people, part, strict=True)]
    (folder / "split.csv").write_text("case,patient,part,fold\n" + "".join(placed))
    run.write_json("sources.json", {"folder": str(folder), "data": str(folder)})
    for i, (key, far) in enumerate(zip(keys, [*distances, 1.0, 100.0, math.inf], strict=True)):
        because = "film has 3 channels, those learned from had 1" if math.isinf(far) or key in odd else ""
        p = (0.9, 0.1) if i % 2 == 0 else (0.1, 0.9)
        run.append(Prediction(case=key, answers={"side": Scores(p=np.array(p), names=NAMES)}, unlike=far, because=because))
    return run


def test_the_line_leaves_the_stated_share_of_tuning_cases_beyond_it(tmp_path):
    run = a_run(tmp_path, a_study(0.2), [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5])
    study, cases = open_run(run)
    line = choose_line(run, study, cases)
    # Of ten, the nine and one more, eight must lie at or below it.
    assert line.line == 4.0
    assert (line.expected, line.cases, line.patients, line.refused) == (0.2, 9, 9, 1)
    assert vars(read_line(run, study)) == vars(line)
    reasons = refused_by(run, study, ["near", "far", "odd"])
    assert reasons == {
        "far": "Unlike what was learned from: at a distance of 100, above 4.",
        "odd": "Of another kind than what was learned from: film has 3 channels, those learned from had 1.",
    }


def test_too_few_tuning_patients_promise_less_and_say_so(tmp_path):
    run = a_run(tmp_path, a_study(0.01), [1.0, 2.0, 3.0])
    line = choose_line(run, *open_run(run))
    assert (line.line, line.stated, line.expected) == (3.0, 0.01, 0.25)


def test_cases_of_one_patient_count_as_one(tmp_path):
    # The patient of four cases weighs as much as each of the others: of five (one more than they are), three lie at or below 2.
    run = a_run(tmp_path, a_study(0.4), [9.0, 9.1, 9.2, 9.3, 0.5, 1.0, 2.0], patients=["a", "a", "a", "a", "b", "c", "d"])
    line = choose_line(run, *open_run(run))
    assert (line.line, line.patients) == (2.0, 4)


def test_a_tuning_case_of_another_kind_is_refused_and_moves_no_line(tmp_path):
    run = a_run(tmp_path, a_study(0.2), [1.0, 2.0, 3.0, 4.0, math.inf])
    line = choose_line(run, *open_run(run))
    assert (line.line, line.cases, line.refused) == (4.0, 4, 1)


def test_no_decision_is_made_on_them_and_they_have_no_part_in_the_threshold(tmp_path):
    how = Operate(positive=("left",), sensitivity=1.0)
    run = a_run(tmp_path, a_study(0.25, operate=how), [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 50.0])
    chosen = operate(run)["side"]
    assert (chosen.positives, chosen.negatives, chosen.refused) == (4, 3, 1)
    study, cases = open_run(run)
    rows = decide_all(run, study, cases, ["near", "far", "odd"], fold="")
    assert [row.decision for row in rows] == ["left", "unlike", "unlike"]
    assert [bool(row.refused) for row in rows] == [False, True, True]


def test_a_model_that_does_not_tell_is_refused(tmp_path):
    run = a_run(tmp_path, a_study(), [math.nan] * 5)
    with pytest.raises(RunError, match="trained by an earlier version"):
        choose_line(run, *open_run(run))
    with pytest.raises(StudyError, match="cnn"):
        check_tuning(a_run(tmp_path / "tabular", a_study(method="thumbnail"), [1.0] * 5))
    with pytest.raises(StudyError, match="tuning cases to choose"):
        check_tuning(a_run(tmp_path / "untuned", a_study(), []))


def test_another_share_is_another_line(tmp_path):
    run = a_run(tmp_path, a_study(0.2), [1.0] * 9)
    study, cases = open_run(run)
    choose_line(run, study, cases)
    with pytest.raises(RunError, match="isocenter evaluate"):
        read_line(run, a_study(0.1))
    assert read_line(run, study.model_copy(update={"refuse": None})) is None


@pytest.mark.parametrize("fields", [{}, {"target": "side"}, {"class": "left"}, {"unlike": 0.7}])
def test_a_refusal_says_by_what(fields):
    with pytest.raises(ValidationError):
        Refuse.model_validate(fields)


def disc(rng, *, right, size=(24, 24)):
    x, y = np.meshgrid(*(np.arange(n) for n in size), indexing="ij")
    inside = np.hypot(x - (17 if right else 7) - rng.uniform(-2, 2), y - 12 - rng.uniform(-3, 3)) < rng.uniform(3, 5)
    return np.clip(60 + 120 * inside + rng.normal(0, 6, size), 0, 255).astype(np.uint8)[None]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Discs at the left or the right; a network of 40 steps that refuses a tenth."""
    folder = tmp_path_factory.mktemp("discs")
    rng = np.random.default_rng(0)
    rows = []
    for i in range(90):
        write_image(held_image(disc(rng, right=bool(i % 2)), plain_grid((24, 24))), folder / f"{i}.png")
        rows.append({"case": f"c{i}", "patient": f"p{i}", "image": f"{i}.png", "side": NAMES[i % 2]})
    write_cases(rows, folder / "cases.csv")
    study = a_study(
        0.1,
        split={"test": 0.3, "tune": 0.4},
        settings={"steps": 40, "size": [24, 24], "encoder_settings": {"widths": [8, 16]}, "augmentation": 0.0, "batch": 8},
    )
    return run(write_study(study, folder / "study.yaml"), out=folder / "run", test=True), folder


def test_about_the_stated_share_is_refused_and_the_rest_is_measured_apart(trained):
    done, _ = trained
    found = {(e.group, e.name): e for e in done.estimates() if e.who == "model"}
    share = found["all", "unlike_share"]
    assert share.cases == 28
    assert share.value <= 0.3  # a tenth to expect, of 28 test cases
    kept = found.get(("refused=no", "auc"))
    assert (kept is None) == (share.value == 0)
    assert kept is None or kept.cases == 28 - round(28 * share.value)


def test_new_images_unlike_them_get_no_answer_but_a_reason(trained, tmp_path):
    done, _ = trained
    rng = np.random.default_rng(5)
    shown = {
        "like": disc(rng, right=True),
        "inverted": 240 - disc(rng, right=True),
        "noise": rng.integers(0, 240, (1, 24, 24)).astype(np.uint8),
        "color": rng.integers(0, 200, (3, 24, 24)).astype(np.uint8),
    }
    for name, samples in shown.items():
        write_image(held_image(samples, plain_grid((24, 24))), tmp_path / f"{name}.png")
    write_cases([{"case": name, "image": f"{name}.png"} for name in shown], tmp_path / "new.csv")
    table = predict(done.path, tmp_path / "new.csv", out=tmp_path / "out")
    with open(table, newline="", encoding="utf-8") as file:
        rows = {row["case"]: row for row in csv.DictReader(file)}
    answers = [column for column in rows["like"] if column.startswith("predicted_side")]
    assert rows["like"]["refused"] == ""
    assert all(rows["like"][column] for column in answers)
    for name in ("inverted", "noise"):
        assert rows[name]["refused"].startswith("Unlike what was learned from"), rows[name]
        assert not any(rows[name][column] for column in answers)
        assert float(rows[name]["unlike"]) > float(rows["like"]["unlike"])
    assert "3 channels" in rows["color"]["refused"]
    assert rows["color"]["unlike"] == "inf"


def test_the_report_says_how_many_were_refused(trained):
    done, _ = trained
    page = (done.path / "report.html").read_text(encoding="utf-8")
    section = page[page.index('id="refusal"') :].partition("</section>")[0]
    for words in ("Cases refused, share", "AUC, those not refused", "Share to expect"):
        assert words in section
    assert "Refuses cases at a distance above" in (done.path / "model_card.md").read_text(encoding="utf-8")
