"""A run taken up again: what must be done anew is, what was refused is refused again."""

import csv
import json

import numpy as np
import pytest

from isocenter.core.errors import RunError, StudyError
from isocenter.core.plan import Plan
from isocenter.stages.answer import answer
from isocenter.stages.predict import predict
from isocenter.stages.run import run
from isocenter.stages.split import read_split

from .disc_study import write_discs


def weights(folder) -> bytes:
    return (folder.path / "model" / "weights.safetensors").read_bytes()


def test_a_failed_check_fails_again_until_the_data_are_mended(tmp_path):
    study = write_discs(tmp_path / "study")
    whole = (tmp_path / "study" / "label_2.png").read_bytes()
    (tmp_path / "study" / "label_2.png").write_bytes(whole[:40])
    for _ in range(2):
        with pytest.raises(StudyError, match="check found 1 failure"):
            run(study, out=tmp_path / "run")
    (tmp_path / "study" / "label_2.png").write_bytes(whole)
    folder = run(study, out=tmp_path / "run")
    assert not folder.exists("skipped.json")


def test_a_case_left_out_comes_back_when_it_was_mended(tmp_path):
    study = write_discs(tmp_path / "study")
    whole = (tmp_path / "study" / "photo_2.png").read_bytes()
    (tmp_path / "study" / "photo_2.png").write_bytes(whole[:40])
    folder = run(study, out=tmp_path / "run", skip_bad=True)
    assert set(json.loads((folder.path / "skipped.json").read_text())) == {"c2"}
    (tmp_path / "study" / "photo_2.png").write_bytes(whole)
    assert not run(study, out=tmp_path / "run", skip_bad=True).exists("skipped.json")


def test_a_patient_in_two_parts_is_no_bad_case_to_skip(tmp_path):
    study = write_discs(tmp_path / "study", extra="split: {file: split.csv}\n")
    rows = "\n".join(f"c{i},p{i},{'test' if i < 3 else 'learn'}," for i in range(12))
    (tmp_path / "study" / "split.csv").write_text("case,patient,part,fold\n" + rows + "\n")
    table = (tmp_path / "study" / "cases.csv").read_text().replace("c11,p11", "c11,p0")
    (tmp_path / "study" / "cases.csv").write_text(table)
    with pytest.raises(StudyError, match="part"):
        run(study, out=tmp_path / "run", skip_bad=True)


def test_a_changed_split_trains_from_the_start(tmp_path):
    study = write_discs(tmp_path / "study", extra="split: {file: split.csv}\n")

    def write(learned: range) -> None:
        rows = [f"c{i},p{i},{'learn' if i in learned else 'tune'}," for i in range(12)]
        (tmp_path / "study" / "split.csv").write_text("\n".join(["case,patient,part,fold", *rows]) + "\n")

    write(range(8))
    before = weights(run(study, out=tmp_path / "run"))
    write(range(4, 12))
    folder = run(study, out=tmp_path / "run")
    assert read_split(folder).keys("tune") == ("c0", "c1", "c2", "c3")
    assert weights(folder) != before


def test_another_budget_plans_anew(tmp_path):
    study = write_discs(tmp_path / "study")
    run(study, out=tmp_path / "run", time_limit=1)
    folder = run(study, out=tmp_path / "run", time_limit=2)
    assert folder.stamps.notes("plan")["budget"] == 2
    assert folder.read(Plan).steps == 12


@pytest.mark.parametrize("split", ["{folds: 2}", "{test: 0}"])
def test_a_wish_for_a_test_part_that_is_not_there_is_refused_before_training(tmp_path, split):
    study = write_discs(tmp_path / "study", extra=f"split: {split}\n")
    with pytest.raises(RunError, match=r"folds|test part"):
        run(study, out=tmp_path / "run", test=True)
    assert not (tmp_path / "run" / "plan.json").exists()
    assert not (tmp_path / "run" / "fold").exists()


def test_what_a_killed_prediction_has_answered_stands(tmp_path):
    folder = run(write_discs(tmp_path / "study"), out=tmp_path / "run")
    lines = (folder.path / "predictions.jsonl").read_text().splitlines()
    (folder.path / "predictions.jsonl").write_text(lines[0] + "\n" + lines[1][:20])  # killed in the second line
    stages = json.loads((folder.path / "stages.json").read_text())
    del stages["stages"]["predict"]
    (folder.path / "stages.json").write_text(json.dumps(stages))
    answer(folder)
    again = (folder.path / "predictions.jsonl").read_text().splitlines()
    assert again[0] == lines[0]
    assert sorted(p.case for p in folder.predictions()) == sorted(json.loads(line)["case"] for line in lines)


def test_baselines_taken_out_of_the_study_leave_the_numbers(tmp_path):
    study = write_discs(tmp_path / "study", extra="baselines: [threshold, empty_mask]\n")
    run(study, out=tmp_path / "run")
    study.write_text(study.read_text().replace("[threshold, empty_mask]", "[empty_mask]"))
    folder = run(study, out=tmp_path / "run")
    assert {e.who for e in folder.estimates()} == {"model", "baseline:empty_mask"}


def test_answers_never_land_on_their_inputs(tmp_path):
    folder = run(write_discs(tmp_path / "study"), out=tmp_path / "run")
    picture = tmp_path / "study" / "photo_1.png"
    before = picture.read_bytes()
    for what in (picture, tmp_path / "study" / "cases.csv"):
        with pytest.raises(StudyError, match="another folder"):
            predict(folder.path, what, out=tmp_path / "study")
    assert picture.read_bytes() == before


def test_new_data_need_no_groups_covariates_or_labels(tmp_path):
    folder = run(write_discs(tmp_path / "study", extra="groups: size\n"), out=tmp_path / "run")
    (tmp_path / "new").mkdir()
    source = (tmp_path / "study" / "photo_1.png").read_bytes()
    (tmp_path / "new" / "a.png").write_bytes(source)
    (tmp_path / "new" / "cases.csv").write_text("case,image\nx,a.png\n")
    with open(predict(folder.path, tmp_path / "new" / "cases.csv", out=tmp_path / "out"), newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["case"], row["predicted_disc"]) == ("x", "a.png")


def test_a_split_without_tuning_cases_says_how_to_see_numbers(tmp_path):
    study = write_discs(tmp_path / "study", patients=2)
    with pytest.raises(RunError, match="--test"):
        run(study, out=tmp_path / "run")
    folder = run(study, out=tmp_path / "run", test=True)
    assert {e.part for e in folder.estimates()} == {"test"}
    assert all(np.isnan(e.ci95[0]) for e in folder.estimates())


def test_what_a_study_cannot_say_stands_in_its_report(tmp_path):
    folder = run(write_discs(tmp_path / "study", extra="caveats: all discs are of one maker\n"), out=tmp_path / "run")
    assert "All discs are of one maker." in (folder.path / "report.html").read_text()
