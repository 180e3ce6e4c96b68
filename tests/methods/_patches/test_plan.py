"""Settings for other axes than the images have are refused, by every plan of patches, before anything is timed."""

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import SettingError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Study
from isocenter.methods.registry import methods_of
from tests.methods.in_memory import fingerprint_of

TARGETS = {
    "translation": {"name": "y", "type": "image", "columns": "y"},
    "localization": {"name": "y", "type": "points", "columns": "y"},
}


def refused(task, method, axes, **settings):
    image = held_image(np.zeros((1, *(16,) * axes), np.float32), plain_grid((16,) * axes))
    asked = Study.model_validate(
        {"name": "s", "cases": "cases.csv", "inputs": {"x": "x"}, "targets": [TARGETS[task]], "settings": settings}
    )
    cases = CaseList([Case(key="a", patient="a", inputs={"x": image}, labels={}, covariates={})])
    with pytest.raises(SettingError) as error:
        methods_of(task).get(method).plan(asked, fingerprint_of(asked, cases), minutes=0.1, gigabytes=1.0)
    return str(error.value)


@pytest.mark.parametrize(
    ("task", "method"),
    [
        ("translation", "pix2pix"),
        ("translation", "cyclegan"),
        ("translation", "residual_regression"),
        ("localization", "density"),
    ],
)
def test_a_patch_of_pictures_is_refused_for_volumes(task, method):
    assert "expected patch with 3 numbers" in refused(task, method, 3, patch=[16, 16])


@pytest.mark.parametrize(
    ("axes", "settings", "said"),
    [
        (2, {"patch": [16, 16, 16]}, "expected patch with 2 numbers"),
        (2, {"patch": []}, "expected patch with 2 numbers"),
        (3, {"patch": [16, 0, 16]}, "1 or more samples"),
        (3, {"patch": [16, 1, 1]}, "more than 1 along two axes"),
        (2, {"spacing": [1.0, 1.0, 1.0]}, "expected spacing with 2 numbers"),
        (2, {"spacing": [1.0, -1.0]}, "expected spacing above 0"),
        (2, {"mirror_axes": [2]}, "expected mirror_axes from 0 to 1"),
    ],
)
def test_settings_that_fit_no_axis_are_refused(axes, settings, said):
    assert said in refused("translation", "pix2pix", axes, **settings)


def test_a_spacing_of_pictures_is_refused_for_volumes_whose_samples_are_classified():
    assert "expected spacing with 3 numbers" in refused("localization", "voxel_classifier", 3, spacing=[1.0, 1.0])
