"""The note in the pixels of every slice."""

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.core.image import SYNTHETIC, held_image
from isocenter.io.burned_in import burned_in


@pytest.mark.parametrize("shape", [(256, 200), (256, 200, 3), (64, 64), (20, 12)])
def test_words_are_at_the_top_of_every_slice_and_nowhere_else(shape, rng):
    samples = rng.normal(100, 10, (1, *shape)).astype(np.float32)
    image = held_image(samples.copy(), plain_grid(shape), note=SYNTHETIC)
    marked = burned_in(image)
    changed = marked.array() != samples
    slices = changed[0] if len(shape) == 3 else changed[0][..., None]
    assert slices.any(axis=(0, 1)).all()
    assert (slices == slices[..., :1]).all()
    values = set(np.unique(marked.array()[changed]))
    assert values <= {samples.min(), samples.max()}
    assert len(values) == 2
    if min(shape[:2]) >= 64:
        assert not slices[:, shape[1] // 2 :].any()
    np.testing.assert_array_equal(image.array(), samples)
    assert marked.note == SYNTHETIC


def test_an_image_without_a_note_stays_as_it_is():
    image = held_image(np.zeros((1, 8, 8)), plain_grid((8, 8)))
    assert burned_in(image) is image
