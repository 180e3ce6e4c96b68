"""A name that does not exist is refused before anything costs time, with the nearest one."""

import pytest

from isocenter.core.errors import IsocenterError, StudyError
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


PICTURE = Target(name="ct", type="image", columns="ct")
NUMBER = Target(name="cells", type="count", columns="number")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"metrics": ("cpm",)},
            "kind mask in the task segmentation for the target organ, got cpm, which measures points, boxes. .*dice",
        ),
        ({"targets": (MASK.model_copy(update={"metrics": ("point_f1_at(8)",)}),)}, r"got point_f1_at\(8\), which measures points"),
        ({"targets": (MASK, NUMBER), "metrics": ("icc",)}, "got icc, .* Write it under `metrics:` of the target cells"),
        ({"targets": (PICTURE,), "metrics": ("kid",)}, "in the task translation .* got kid"),  # no images are kept to compare sets
        ({"targets": (NUMBER,), "metrics": ("dice",)}, "kind count in the task counting for the target cells, got dice"),
    ],
)
def test_a_metric_that_cannot_measure_the_target_is_refused_and_those_that_can_are_named(changes, said):
    with pytest.raises(StudyError, match=said):
        check_names(study(**changes))


def test_whole_sets_of_images_are_compared_where_the_task_keeps_them():
    assert check_names(study(targets=(PICTURE,), task="generation", metrics=("kid",))) is None


def test_a_metric_of_another_target_is_named_there():
    assert check_names(study(targets=(MASK, NUMBER.model_copy(update={"metrics": ("icc",)})), metrics=("hd95",))) is None
