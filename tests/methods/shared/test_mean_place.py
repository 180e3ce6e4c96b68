"""The mean place: measured from wherever it varies least, as sure as it is common."""

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import FileError, StudyError
from isocenter.core.grid import Grid, as_affine
from isocenter.core.image import held_image
from isocenter.core.points import Points
from isocenter.core.study import Study
from isocenter.methods.registry import TASKS
from isocenter.methods.shared.mean_place import method

from ..in_memory import fit

NAMES = ("liver", "spleen")
SHAPE = (20, 16, 10)


def case(key, *, origin, middle, kinds=(0,), offsets=None):
    """A volume whose first sample lies at `origin`, and boxes of 4 × 6 × 8 mm with their middles at `middle` mm from it."""
    matrix = np.eye(4)
    matrix[:3, 3] = origin
    grid = Grid(shape=SHAPE, affine=as_affine(matrix), world="ras_mm")
    world = np.asarray(origin, float) + np.asarray(middle, float).reshape(-1, 3)
    truth = Points(
        world=world, kind=np.asarray(kinds, np.intp), score=np.full(len(world), np.nan), names=NAMES,
        extent=np.tile([4.0, 6.0, 8.0], (len(world), 1)),
    )  # fmt: skip
    image = held_image(np.zeros((1, *SHAPE), np.float32), grid)
    return Case(key=key, patient=key, inputs={"ct": image}, labels={"organs": truth}, covariates={})


def study(**fields):
    target = {"name": "organs", "type": "boxes", "columns": "o", "classes": NAMES}
    return Study.model_validate(
        {"name": "s", "cases": "c.csv", "inputs": {"ct": "ct"}, "task": "organ_localization", "targets": [{**target, **fields}]}
    )


def fitted(cases, tmp_path):
    return fit(method(TASKS.get("organ_localization")), study(), CaseList(cases), tmp_path)


def test_scanners_that_put_their_zero_anywhere_leave_the_middle_of_the_image(tmp_path):
    cases = [case(f"c{i}", origin=(100.0 * i, -50.0 * i, 7.0), middle=[8 + i % 2, 8, 5]) for i in range(6)]
    model = fitted(cases, tmp_path)
    assert model.found["measured_from"] == "image"
    answer = next(model.predict(cases[4:5], scratch=tmp_path)).answers["organs"]
    np.testing.assert_allclose(answer.world, [[408.5, -192, 12]])
    np.testing.assert_allclose(answer.extent, [[4, 6, 8]])
    assert answer.score.tolist() == [1.0]


def test_images_cut_anywhere_out_of_one_world_leave_its_zero(tmp_path):
    cases = [case(f"c{i}", origin=(5.0 * i, 0, 0), middle=[10 - 5.0 * i, 8, 5]) for i in range(6)]
    model = fitted(cases, tmp_path)
    assert model.found["measured_from"] == "world"
    answer = next(model.predict(cases[5:], scratch=tmp_path)).answers["organs"]
    np.testing.assert_allclose(answer.world, [[10, 8, 5]])


def test_it_is_as_sure_as_a_structure_is_common(tmp_path):
    both = {"origin": (0, 0, 0), "middle": [[8, 8, 5], [12, 8, 5]], "kinds": (0, 1)}
    cases = [case("a", **both), *(case(f"c{i}", origin=(0, 0, 0), middle=[8, 8, 5]) for i in range(5))]
    answer = next(fitted(cases, tmp_path).predict(cases[:1], scratch=tmp_path)).answers["organs"]
    assert answer.kind.tolist() == [0, 1]
    np.testing.assert_allclose(answer.score, [1.0, 0.25])  # of the four learning cases one has a spleen: it is not answered


def test_two_of_a_kind_are_another_task(tmp_path):
    twice = case("two", origin=(0, 0, 0), middle=[[8, 8, 5], [12, 8, 5]], kinds=(0, 0))
    with pytest.raises(StudyError, match="case two: expected one liver at most, got 2"):
        fitted([twice] * 1 + [case(f"c{i}", origin=(0, 0, 0), middle=[8, 8, 5]) for i in range(5)], tmp_path)


def test_no_structure_and_no_model_are_said(tmp_path):
    empty = [case(f"c{i}", origin=(0, 0, 0), middle=np.zeros((0, 3)), kinds=()) for i in range(6)]
    with pytest.raises(StudyError, match="organs"):
        fitted(empty, tmp_path)
    with pytest.raises(FileError, match="mean_place"):
        method(TASKS.get("organ_localization")).load(tmp_path / "nowhere")


def test_a_label_of_a_part_of_the_exam_is_refused(tmp_path):
    cases = [case(f"c{i}", origin=(0, 0, 0), middle=[8, 8, 5]) for i in range(6)]
    with pytest.raises(StudyError, match="whole exam"):
        fit(method(TASKS.get("organ_localization")), study(scope="slice:level"), CaseList(cases), tmp_path)
