"""The committed examples are whole: studies that read, tables that fit, splits by patient, and no image."""

import csv
import importlib.util
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.scores import Scores
from isocenter.core.study import Study
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.stages.split import TUNE, Split, strata_of
from isocenter.stages.study_names import check_names

EXAMPLES = Path(__file__).parents[2] / "examples"
SETS = sorted(path.parent.name for path in EXAMPLES.glob("*/study.yaml"))

each_set = pytest.mark.parametrize("name", SETS)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def study_of(name: str) -> Study:
    return Study.model_validate(YAML(typ="safe").load(EXAMPLES / name / "study.yaml"))


def test_every_set_has_its_row_in_the_readme():
    table = [line.split("|")[1].strip() for line in (EXAMPLES / "README.md").read_text().splitlines() if line.startswith("| ")]
    assert sorted(table[1:]) == SETS


@each_set
def test_the_study_names_columns_of_its_table(name: str):
    study, header = study_of(name), set(rows(EXAMPLES / name / "cases.csv")[0])
    wanted = {"case", study.patient, *study.inputs.values(), *study.covariates, *study.groups}
    for target in study.targets:
        wanted |= {f"{column}_{rater}" for column in target.columns for rater in target.raters} or set(target.columns)
        wanted |= {target.region} if target.region else set()
    assert wanted <= header


@each_set
def test_the_split_has_every_case_once_and_no_patient_twice(name: str):
    cases, split = rows(EXAMPLES / name / "cases.csv"), rows(EXAMPLES / name / "split.csv")
    patient = study_of(name).patient
    assert [(row["case"], row[patient]) for row in cases] == [(row["case"], row["patient"]) for row in split]
    assert len({row["case"] for row in cases}) == len(cases)
    places = defaultdict(set)
    for row in split:
        places[row["patient"]].add((row["part"], row["fold"]))
        assert row["part"] in {"learn", "tune", "test"}
    assert all(len(found) == 1 for found in places.values())


@each_set
def test_class_values_are_classes(name: str):
    for target in study_of(name).targets:
        assert set(target.values.values()) <= set(range(len(target.classes)))
        assert set(target.codes) <= set(target.classes)


def test_no_image_is_shipped():
    assert {p.suffix for p in EXAMPLES.rglob("*") if p.is_file() and "__pycache__" not in p.parts} == {
        ".py",
        ".md",
        ".yaml",
        ".csv",
    }


@pytest.mark.data
def test_the_tables_are_written_again_to_the_byte(data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec = importlib.util.spec_from_file_location("make_examples", EXAMPLES / "make_examples.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(data_folder, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == SETS
    for name in SETS:
        for table in ("cases.csv", "split.csv"):
            assert (tmp_path / name / table).read_bytes() == (EXAMPLES / name / table).read_bytes()


@pytest.mark.data
@each_set
def test_every_path_of_the_table_leads_to_a_file(name: str, data_folder: Path):
    cells = [cell for row in rows(EXAMPLES / name / "cases.csv") for cell in row.values() if "/" in cell]
    assert cells
    assert not [cell for cell in cells if not (data_folder / cell.split("#")[0]).exists()]


@pytest.mark.data
def test_an_eye_that_stands_twice_is_one_patient_in_one_fold(data_folder: Path):
    folds = {row["case"]: (row["patient"], row["fold"]) for row in rows(EXAMPLES / "idrid_grading" / "split.csv")}
    seen: dict[bytes, set[tuple[str, str]]] = {}
    for row in rows(EXAMPLES / "idrid_grading" / "cases.csv"):
        seen.setdefault((data_folder / row["image"]).read_bytes(), set()).add(folds[row["case"]])
    assert len(seen) == len(folds) - 1
    assert all(len(places) == 1 for places in seen.values())


def test_every_fold_of_the_graded_eyes_has_tuning_eyes_to_choose_a_threshold_on():
    folder = EXAMPLES / "idrid_grading"
    study = read_study(folder / "study.yaml")
    (grade,) = study.targets
    positive = {str(i) for i, name in enumerate(grade.classes) if name in grade.operate.positive}
    given = {row["case"]: row["grade"] for row in rows(folder / "cases.csv")}
    table = rows(folder / "split.csv")
    made = Split(**{name: tuple(row[name] for row in table) for name in ("case", "patient", "part", "fold")})
    strata = strata_of(study, open_cases(study, folder=folder))
    for fold in made.folds():
        tuning = [given[key] in positive for key in made.of_fold(fold, tune=TUNE, seed=study.seed, strata=strata).keys("tune")]
        assert min(tuning.count(True), tuning.count(False)) >= 3


@pytest.mark.data
@each_set
def test_the_first_and_the_last_case_open(name: str, data_folder: Path):
    study = read_study(EXAMPLES / name / "study.yaml", data=data_folder)
    cases = open_cases(study, folder=EXAMPLES / name, data=data_folder)
    for key in (cases.keys[0], cases.keys[-1]):
        case = cases[key]
        assert case.inputs
        grids = [shown.grid for shown in case.inputs.values() if isinstance(shown, Image)]
        for target in study.targets:
            label = case.labels[target.name]
            if isinstance(label, Mask):
                assert label.grid.same_as(grids[0])
                assert label.labels.array().max() < len(target.classes) or target.instances
            elif isinstance(label, Scores):
                assert label.p.sum() == 1 or target.type == "multilabel"


@pytest.mark.data
def test_a_picture_of_an_array_file_stands_upright(data_folder: Path):
    study = read_study(EXAMPLES / "pneumoniamnist" / "study.yaml", data=data_folder)
    cases = open_cases(study, folder=EXAMPLES / "pneumoniamnist", data=data_folder)
    films = np.mean([cases[key].inputs["film"].array()[0] for key in cases.keys[:200]], axis=0)
    across, along = films.mean(1), films.mean(0)  # (X,), (Y,)
    assert np.abs(across - across[::-1]).mean() < np.abs(along - along[::-1]).mean()  # a chest is alike left and right


@each_set
def test_every_name_that_is_asked_for_exists(name: str):
    check_names(study_of(name))
