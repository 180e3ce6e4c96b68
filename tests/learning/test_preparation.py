"""Cases become arrays of one scale; what is missing is said, not invented."""

import dataclasses

import numpy as np
import pytest

from isocenter.core.case import Case
from isocenter.core.errors import GeometryError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Target
from isocenter.learning.preparation import PreparationConfig, prepare_all, prepare_image, prepare_target

GRID = plain_grid((6, 4), spacing=(1.0, 2.0), world="plane_mm")
NAMES = ("background", "thing")
THING = Target(name="thing", type="mask", columns=("label",), classes=NAMES)


def made(**inputs: np.ndarray) -> Case:
    labels = held_mask(np.eye(6, 4, dtype=np.uint8), GRID, NAMES)
    region = held_mask((np.arange(24).reshape(6, 4) < 12).astype(np.uint8), GRID, ("outside", "inside"))
    images = {name: held_image(array, GRID) for name, array in inputs.items()}
    return Case(key="a", patient="p", inputs=images, labels={"thing": labels}, covariates={}, regions={"fov": region})


def ramp(channels: int = 1) -> np.ndarray:
    return np.arange(channels * 24, dtype=np.float32).reshape(channels, 6, 4)


def test_each_channel_has_mean_0_and_deviation_1():
    prepared = prepare_image(made(a=ramp(3)), PreparationConfig(inputs=("a",), channels=(3,)))
    assert prepared.image.mean(axis=(1, 2)) == pytest.approx([0, 0, 0], abs=1e-6)
    assert prepared.image.std(axis=(1, 2)) == pytest.approx([1, 1, 1], abs=1e-5)


def test_ct_is_clipped_and_scaled_by_the_plans_numbers():
    config = PreparationConfig(inputs=("a",), channels=(1,), scheme="ct", low=2, high=10, mean=6, deviation=2)
    image = prepare_image(made(a=ramp()), config).image
    assert (image.min(), image.max()) == (-2.0, 2.0)


def test_a_missing_input_is_zero_and_is_said():
    prepared = prepare_image(made(a=ramp()), PreparationConfig(inputs=("a", "b"), channels=(1, 2)))
    assert prepared.image.shape == (3, 6, 4)
    assert (prepared.image[1:] == 0).all()
    assert prepared.missing == ("b",)


def test_a_case_without_any_input_is_refused_by_its_key():
    with pytest.raises(StudyError, match="case a: expected at least one"):
        prepare_image(made(), PreparationConfig(inputs=("a",), channels=(1,)))


def test_resampling_changes_samples_and_not_the_extent():
    prepared = prepare_image(made(a=ramp()), PreparationConfig(inputs=("a",), channels=(1,), spacing=(2.0, 2.0)))
    assert prepared.image.shape == (1, 3, 4)
    assert prepare_target(made(a=ramp()), THING, prepared).shape == (3, 4)


def test_outside_its_region_a_label_was_not_assessed():
    case = made(a=ramp())
    inside = THING.model_copy(update={"scope": "region:fov"})
    target = prepare_target(case, inside, prepare_image(case, PreparationConfig(inputs=("a",), channels=(1,))))
    assert (target[3:] == -1).all()
    assert (target[:3] >= 0).all()


def test_outside_its_slice_a_label_was_not_assessed():
    case = dataclasses.replace(made(a=ramp()), covariates={"level": 2.0})
    one = THING.model_copy(update={"scope": "slice:level"})
    target = prepare_target(case, one, prepare_image(case, PreparationConfig(inputs=("a",), channels=(1,))))
    assert (target[:, 2] == [0, 0, 1, 0, 0, 0]).all()
    assert (target[:, [0, 1, 3]] == -1).all()


def test_a_mask_on_another_grid_is_refused_with_the_remedy():
    other = plain_grid((5, 4), spacing=(1.0, 2.0), world="plane_mm")
    labels = {"thing": held_mask(np.zeros((5, 4), np.uint8), other, NAMES)}
    case = Case(key="a", patient="p", inputs=made(a=ramp()).inputs, labels=labels, covariates={})
    with pytest.raises(GeometryError, match="check STUDY --fix"):
        prepare_target(case, THING, prepare_image(case, PreparationConfig(inputs=("a",), channels=(1,))))


def test_nan_and_infinity_become_the_least_number_seen():
    samples = ramp()
    samples[0, 0, 0], samples[0, 0, 1] = np.nan, np.inf
    config = PreparationConfig(inputs=("a",), channels=(1,), scheme="none")
    image = prepare_image(made(a=samples), config).image
    assert np.isfinite(image).all()
    assert image[0, 0, 0] == image[0, 0, 1] == 2.0


def test_prepared_arrays_can_lie_on_disk(tmp_path):
    config = PreparationConfig(inputs=("a",), channels=(1,))
    (on_disk,) = prepare_all([made(a=ramp())], config, target=THING, scratch=tmp_path)
    (in_memory,) = prepare_all([made(a=ramp())], config, target=THING, scratch=None)
    assert isinstance(on_disk.image, np.memmap)
    assert np.array_equal(on_disk.image, in_memory.image)


def test_a_gray_picture_among_colored_ones_is_repeated():
    assert prepare_image(made(a=ramp(1)), PreparationConfig(inputs=("a",), channels=(3,))).image.shape[0] == 3


def test_the_longest_side_is_brought_to_one_number_of_samples():
    prepared = prepare_image(made(a=ramp()), PreparationConfig(inputs=("a",), channels=(1,), longest=12))
    assert prepared.image.shape == (1, 12, 8)


def test_stains_are_normalized_before_they_are_scaled():
    rng = np.random.default_rng(0)
    grid = plain_grid((48, 48))
    amount = rng.gamma(2.0, 0.25, (2, 48, 48)) * rng.integers(0, 2, (2, 48, 48))
    config = PreparationConfig(inputs=("a",), channels=(3,), scheme="macenko")

    def looks(dyes):
        light = np.clip(245 * 10.0 ** -np.einsum("kxy,kc->cxy", amount, np.asarray(dyes)), 0, 255).astype(np.uint8)
        case = Case(key="a", patient="p", inputs={"a": held_image(light, grid)}, labels={}, covariates={})
        return [prepare_image(case, dataclasses.replace(config, scheme=name)).image for name in ("macenko", "zscore")]

    (one, plain), (other, second) = looks([(0.65, 0.70, 0.29), (0.07, 0.99, 0.11)]), looks([(0.54, 0.76, 0.37), (0.17, 0.95, 0.27)])
    assert one.mean(axis=(1, 2)) == pytest.approx([0, 0, 0], abs=1e-5)
    assert np.abs(one - other).mean() < 0.7 * np.abs(plain - second).mean()
    with pytest.raises(StudyError, match="8 bits"):
        prepare_image(made(a=ramp(3)), config)
