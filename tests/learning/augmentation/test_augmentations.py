"""Contracts every registered augmentation keeps."""

import pickle

import numpy as np
import pytest
import torch

from isocenter.learning.augment import AugmentationConfig, Batch
from isocenter.learning.augmentation import AUGMENTATIONS

SHAPES = [(4, 2, 24, 20), (4, 2, 12, 10, 8)]
ALWAYS = AugmentationConfig(
    **{name: 1.0 for name in vars(AugmentationConfig()) if name.endswith("probability")}  # type: ignore[arg-type]
)
NEVER = AugmentationConfig(
    mirror_axes=(),
    **{name: 0.0 for name in vars(AugmentationConfig()) if name.endswith("probability")},  # type: ignore[arg-type]
)


def batch_of(shape: tuple[int, ...]) -> Batch:
    generator = torch.Generator().manual_seed(3)
    target = torch.randint(-1, 3, (shape[0], 1, *shape[2:]), generator=generator)
    return Batch(image=torch.randn(shape, generator=generator), target=target)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", AUGMENTATIONS.names())
def test_a_record_replays_exactly(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> None:
    member = AUGMENTATIONS.get(name)
    parameters = member.draw(rng, shape, ALWAYS)
    first = member.apply(batch_of(shape), parameters)
    second = member.apply(batch_of(shape), pickle.loads(pickle.dumps(parameters)))
    assert torch.equal(first.image, second.image)
    assert torch.equal(first.target, second.target)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", AUGMENTATIONS.names())
def test_it_changes_the_image_when_it_must(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> None:
    member = AUGMENTATIONS.get(name)
    changed = member.apply(batch_of(shape), member.draw(rng, shape, ALWAYS))
    assert changed.image.shape == shape
    assert changed.image.isfinite().all()
    assert not torch.equal(changed.image, batch_of(shape).image)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", AUGMENTATIONS.names())
def test_at_probability_zero_nothing_happens(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> None:
    member = AUGMENTATIONS.get(name)
    same = member.apply(batch_of(shape), member.draw(rng, shape, NEVER))
    assert torch.equal(same.image, batch_of(shape).image)
    assert torch.equal(same.target, batch_of(shape).target)


@pytest.mark.parametrize("name", AUGMENTATIONS.names())
def test_it_invents_no_class(name: str, rng: np.random.Generator) -> None:
    member = AUGMENTATIONS.get(name)
    changed = member.apply(batch_of(SHAPES[0]), member.draw(rng, SHAPES[0], ALWAYS))
    assert changed.target is not None
    assert changed.target.dtype == torch.int64
    assert set(changed.target.unique().tolist()) <= {-1, 0, 1, 2}


@pytest.mark.parametrize("name", AUGMENTATIONS.names())
def test_a_constant_image_stays_finite(name: str, rng: np.random.Generator) -> None:
    member = AUGMENTATIONS.get(name)
    batch = Batch(image=torch.zeros(SHAPES[0]), target=batch_of(SHAPES[0]).target)
    assert member.apply(batch, member.draw(rng, SHAPES[0], ALWAYS)).image.isfinite().all()


@pytest.mark.parametrize("name", AUGMENTATIONS.names())
def test_the_file_bears_the_name_and_cites(name: str) -> None:
    assert AUGMENTATIONS.get(name).name == name
    assert AUGMENTATIONS.get(name).cite
