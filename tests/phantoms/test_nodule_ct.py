"""Chest CT with nodules: every nodule is in every truth, and nothing else changes with them."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.phantom import Seeds
from isocenter.stages.phantom import write_phantom

CT = PHANTOMS.get("nodule_ct")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)
SMALL = {"voxel_mm": 5.0, "scanner": "soft", "diameter_mm": (14.0, 24.0)}


@pytest.fixture(scope="module")
def ill():
    return CT.draw(SEEDS, **SMALL, nodules=3, raters=("first", "second"))


@pytest.fixture(scope="module")
def healthy():
    return CT.draw(SEEDS, **SMALL, nodules=0)


def objects(case):
    return case.truths["nodule_mask"].objects.array()[0]


def test_boxes_mask_count_and_records_speak_of_the_same_nodules(ill):
    boxes, numbers = ill.truths["nodules"], objects(ill)
    assert len(boxes) == len(ill.lesions) == int(ill.truths["nodule_count"].value) == numbers.max() > 0
    for n, (center, extent) in enumerate(zip(boxes.world, boxes.extent, strict=True), start=1):
        places = boxes_of(ill, numbers == n)
        assert (np.abs(places - center) <= extent / 2).all()
        assert np.allclose(places.max(axis=0) - places.min(axis=0) + ill.inputs["ct"].grid.spacing, extent)


def boxes_of(case, mask):
    return case.inputs["ct"].grid.to_world(np.argwhere(mask))


def test_health_has_none_in_every_truth(healthy):
    assert len(healthy.truths["nodules"]) == 0
    assert not objects(healthy).any()
    assert healthy.truths["nodule_count"].value == 0
    assert healthy.truths["disease"].best == 0


def test_nodules_change_the_image_where_they_are_alone(ill, healthy):
    change = np.abs(ill.clean["ct"].array()[0].astype(int) - healthy.clean["ct"].array()[0])
    assert np.median(change[objects(ill) > 0]) > 100
    far = np.ones(change.shape, bool)
    for center, extent in zip(ill.truths["nodules"].world, ill.truths["nodules"].extent, strict=True):
        away = np.abs(ill.inputs["ct"].grid.to_world(np.argwhere(far)) - center) > extent / 2 + 20
        far[far] = away.any(axis=1)
    assert change[far].max() <= 1


def test_every_nodule_lies_in_the_lungs(ill):
    assert (ill.truths["lungs"].labels.array()[0][objects(ill) > 0] == 1).all()


def test_readers_miss_more_of_the_small(ill):
    assert set(ill.raters) == {"first", "second"}
    assert 0 < len(ill.raters["first"]["nodules"]) <= len(ill.truths["nodules"])
    marked = ill.raters["first"]["nodule_mask"].objects.array()[0]
    assert len(np.unique(marked[marked > 0])) == len(ill.raters["first"]["nodules"])
    tiny = CT.draw(SEEDS, **{**SMALL, "diameter_mm": (6.0, 6.5)}, nodules=6, raters=("second",))
    large = CT.draw(SEEDS, **{**SMALL, "diameter_mm": (20.0, 21.0)}, nodules=3, raters=("second",))
    share = [len(c.raters["second"]["nodules"]) / len(c.truths["nodules"]) for c in (tiny, large)]
    assert share[0] < share[1] == 1
    with pytest.raises(PlanError, match="Did you mean first"):
        CT.draw(SEEDS, **SMALL, raters=("frist",))


def test_a_folder_reads_back_as_it_was_drawn(tmp_path):
    study = read_study(write_phantom("nodule_ct", tmp_path / "n", n=2, options={**SMALL, "nodules": 2}))
    case = next(iter(open_cases(study, folder=tmp_path / "n")))
    assert study.targets[0].type == "boxes"
    assert case.inputs["ct"].unit == "HU"
    assert case.labels["nodules"].extent.shape == (2, 3)
