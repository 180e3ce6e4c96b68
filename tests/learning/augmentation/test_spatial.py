"""Turns, zooms and mirrors whose result one can draw by hand."""

import numpy as np
import pytest
import torch

from isocenter.learning.augment import AugmentationConfig, Batch
from isocenter.learning.augmentation.spatial import SpatialParameters, _map, apply, draw


def once(
    size: tuple[int, ...], matrix: np.ndarray | None, *, mirrored: tuple[int, ...] = (), kept: int | None = None
) -> SpatialParameters:
    return SpatialParameters(size=size, mirrored=(mirrored,), maps=(matrix,), displacements=(None,), untouched_axis=kept)


def test_a_quarter_turn_is_a_quarter_turn() -> None:
    image = torch.rand(1, 1, 9, 9)
    names = torch.randint(0, 3, (1, 1, 9, 9))
    turned = apply(Batch(image=image, target=names), once((9, 9), np.array([[0.0, -1.0], [1.0, 0.0]])))
    assert torch.allclose(turned.image, torch.rot90(image, -1, (2, 3)), atol=1e-5)
    assert torch.equal(turned.target, torch.rot90(names, -1, (2, 3)))


def test_image_and_target_move_together_in_3d(rng: np.random.Generator) -> None:
    target = torch.zeros(1, 1, 24, 20, 16, dtype=torch.int64)
    target[:, :, 8:16, 6:14, 4:12] = 1
    config = AugmentationConfig(rotation_probability=1, scaling_probability=1, spacing=(1.0, 1.2, 1.5))
    moved = apply(Batch(image=target.float(), target=target), draw(rng, (1, 1, 24, 20, 16), config))
    inside = moved.target == 1
    assert 100 < inside.sum() < 1500
    assert (moved.image[inside] > 0.5).float().mean() > 0.97


def test_identity_on_a_larger_input_is_a_center_crop() -> None:
    image = torch.rand(1, 2, 12, 10, 8)
    resampled = apply(Batch(image=image), once((8, 6, 4), np.eye(3)))
    cropped = apply(Batch(image=image), once((8, 6, 4), None))
    torch.testing.assert_close(cropped.image, image[:, :, 2:10, 2:8, 2:6])
    assert torch.allclose(resampled.image, cropped.image, atol=1e-5)


def test_mirroring_alone_flips() -> None:
    image = torch.rand(1, 1, 5, 7)
    assert torch.equal(apply(Batch(image=image), once((5, 7), None, mirrored=(1,))).image, image.flip(3))


def test_what_comes_from_outside_is_not_assessed() -> None:
    names = torch.ones(1, 1, 8, 8, dtype=torch.int64)
    away = apply(Batch(image=names.float(), target=names), once((8, 8), 2 * np.eye(2)))  # zoomed out twofold
    assert away.target is not None
    assert (away.target[0, 0, 2:6, 2:6] == 1).all()
    assert (away.target == -1).sum() == 64 - 16
    regions = apply(Batch(image=names.float(), target=names.float()), once((8, 8), 2 * np.eye(2)))
    assert regions.target is not None
    assert regions.target.isnan().sum() == 64 - 16


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_the_thick_axis_keeps_its_slices_apart(kept: int, rng: np.random.Generator) -> None:
    shape = [10, 10, 10]
    index = torch.arange(10.0).view([10 if a == kept else 1 for a in range(3)]).expand(1, 1, *shape)
    config = AugmentationConfig(rotation_probability=1, scaling_probability=1, untouched_axis=kept, mirror_axes=())
    moved = apply(Batch(image=index.clone()), draw(rng, (1, 1, *shape), config))
    assert torch.allclose(moved.image, index, atol=1e-4)


def test_the_thick_axis_path_equals_the_3d_one(rng: np.random.Generator) -> None:
    image = torch.rand(1, 2, 12, 14, 6)
    matrix = _map(rng, 3, AugmentationConfig(untouched_axis=2, rotation_deg=(0, 0, 90)), turned=True, zoomed=True)
    flat, full = (apply(Batch(image=image), once((12, 14, 6), matrix, kept=kept)).image for kept in (2, None))
    assert torch.allclose(flat, full, atol=1e-4)


def test_rotation_keeps_world_lengths_on_anisotropic_samples(rng: np.random.Generator) -> None:
    spacing = np.array([1.0, 3.0])
    matrix = _map(rng, 2, AugmentationConfig(spacing=tuple(spacing)), turned=True, zoomed=False)
    world = np.diag(spacing) @ matrix @ np.diag(1 / spacing)
    assert world @ world.T == pytest.approx(np.eye(2))


def test_elastic_displacement_bends_but_keeps_classes(rng: np.random.Generator) -> None:
    names = (torch.arange(64) // 8 % 2).view(1, 1, 64, 1).expand(1, 1, 64, 64).clone()
    config = AugmentationConfig(elastic_probability=1, rotation_probability=0, scaling_probability=0, mirror_axes=())
    bent = apply(Batch(image=names.float(), target=names), draw(rng, (1, 1, 64, 64), config))
    assert bent.target is not None
    assert not torch.equal(bent.target, names)
    assert (bent.target == names).float().mean() > 0.3
