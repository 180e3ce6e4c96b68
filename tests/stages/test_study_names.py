"""A name that does not exist is refused before anything costs time, with the nearest one."""

import pytest

from isocenter.core.errors import IsocenterError
from isocenter.core.study import Study, Target
from isocenter.stages.study_names import check_names

MASK = Target(name="organ", type="mask", columns="label", classes=("background", "organ"))


def study(**changes: object) -> Study:
    return Study(**{"name": "s", "cases": "cases.csv", "inputs": {"image": "image"}, "targets": (MASK,), **changes})


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"method": "u-net"}, "unet"),
        ({"baselines": ("treshold",)}, "threshold"),
        ({"metrics": ("dise",)}, "dice"),
        ({"groups": ("sexx",), "covariates": ("sex",)}, "sex"),
        ({"vary": {"method": ("unet", "thresold")}}, "threshold"),
        ({"task": "segmentaton"}, "segmentation"),
    ],
)
def test_a_misspelled_name_is_refused_with_the_nearest(changes, hint):
    with pytest.raises(IsocenterError, match=f"Did you mean {hint}"):
        check_names(study(**changes))


def test_a_study_whose_names_all_exist_passes():
    assert check_names(study(method="unet", metrics=("dice",), split={"folds": 5})) is None
