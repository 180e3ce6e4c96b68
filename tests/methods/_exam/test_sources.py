"""A target that was not learned is read from the learned one that speaks of the same thing in the same place."""

import pytest

from isocenter.core.study import Target
from isocenter.methods._exam.model import source_of

SIDES = ("right", "left")
LEARNED = [Target(name=f"score_{s}", type="proportion", columns=(f"{s}_low", f"{s}_high"), scope=f"region:{s}") for s in SIDES]


@pytest.mark.parametrize("side", SIDES)
def test_an_exact_share_is_read_from_the_score_of_its_own_region(side):
    assert source_of(Target(name="share", type="proportion", columns="share", scope=f"region:{side}"), LEARNED) == f"score_{side}"


@pytest.mark.parametrize("side", SIDES)
def test_a_mask_of_a_region_is_read_from_the_map_of_that_region(side):
    drawn = Target(name="drawn", type="mask", columns="m", classes=("nothing", "lesion"), scope=f"region:{side}")
    assert source_of(drawn, LEARNED) == f"score_{side}"


def test_the_kind_counts_before_the_scope():
    of_slice = Target(name="few", type="count", columns="few", scope="slice:level")
    share = Target(name="share", type="proportion", columns="share", scope="region:right")
    assert source_of(Target(name="all", type="count", columns="all", scope="region:right"), [share, of_slice]) == "few"


def test_nothing_is_read_from_masks_that_were_learned():
    mask = Target(name="m", type="mask", columns="m", classes=("nothing", "lesion"))
    assert source_of(Target(name="dots", type="points", columns="d", classes=("lesion",)), [mask]) == ""
