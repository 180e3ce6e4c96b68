"""What lies in place agrees better than what lies aside; what never belonged together does not."""

import math

import numpy as np

from isocenter.imaging.sections.likeness import LEAST_CORRELATION, likeness


def blobs(seed, sigma=3.0, side=128):
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(seed)
    dyes = np.stack([gaussian_filter(rng.standard_normal((side, side)), sigma) for _ in range(2)])
    return (dyes / dyes.std()).astype(np.float32)


WHOLE = np.ones((128, 128), bool)


def test_a_section_agrees_with_itself_whatever_its_dyes_are_called():
    first = blobs(0)
    mixed = np.stack([0.5 * first[0] - first[1], -first[0]])  # canonical correlation knows no difference
    found = likeness(first, WHOLE, mixed, WHOLE, um=8.0)
    assert found.correlation > 0.999
    assert found.overlap == 1
    assert found.aside < 0.3 < found.correlation
    assert found.aligned


def test_a_stranger_does_not():
    found = likeness(blobs(0), WHOLE, blobs(1), WHOLE, um=8.0)
    assert found.correlation < LEAST_CORRELATION
    assert not found.aligned


def test_what_lies_aside_does_not():
    first = blobs(0)
    assert not likeness(first, WHOLE, np.roll(first, 20, axis=1), WHOLE, um=8.0).aligned


def test_outlines_alone_are_not_enough():
    x, y = np.meshgrid(np.arange(128), np.arange(128), indexing="ij")
    disc = np.hypot(x - 64, y - 64) < 40
    first, second = (0.2 * disc + 0.01 * blobs(n) for n in (0, 1))
    found = likeness(first.astype(np.float32), disc, second.astype(np.float32), disc, um=8.0)
    assert found.overlap == 1
    assert not found.aligned


def test_too_little_in_common_tells_nothing():
    speck = np.zeros((128, 128), bool)
    speck[5:15, 5:15] = True
    found = likeness(blobs(0), WHOLE, blobs(0), speck, um=8.0)
    assert math.isnan(found.correlation)
    assert not found.aligned
    assert likeness(blobs(0), ~WHOLE, blobs(0), ~WHOLE, um=8.0).overlap == 0
