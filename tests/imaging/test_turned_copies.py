"""One picture, turned, is found among others."""

import numpy as np
import PIL.Image
import pytest

from isocenter.imaging.turned_copies import ALIKE, likeness, turnable, turned_copies


def picture(seed: int, side: int = 224) -> np.ndarray:
    """Dark disks of several sizes on pink, (3, X, Y)."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    shown = np.stack([np.full((side, side), v, float) for v in (225, 170 + seed % 5, 200)])
    for _ in range(90):
        a, b, r = *rng.uniform(0, side, 2), rng.uniform(3, 9)
        inside = ((x - a) / r) ** 2 + ((y - b) / (r * rng.uniform(0.6, 1.6))) ** 2 < 1
        shown[:, inside] = np.array([90, 60, 130])[:, None] + rng.uniform(-20, 20)
    return np.clip(shown + rng.normal(0, 4, shown.shape), 0, 255).astype(np.uint8)


def turned(samples: np.ndarray, *, deg: float, mirror: bool) -> np.ndarray:
    """As an augmentation does it: turned, cropped to what is inside, enlarged again."""
    side = samples.shape[1]
    image = PIL.Image.fromarray(samples.transpose(1, 2, 0)).rotate(deg, resample=PIL.Image.Resampling.BICUBIC)
    t = np.radians(abs(deg))
    cut = int((1 - 1 / (np.cos(t) + np.sin(t))) / 2 * side) if deg % 90 else 0
    image = image.crop((cut, cut, side - cut, side - cut)).resize((side, side), PIL.Image.Resampling.BICUBIC)
    made = np.asarray(image).transpose(2, 0, 1)
    return np.ascontiguousarray(made[:, :, ::-1] if mirror else made)


@pytest.mark.parametrize("deg", [0, 8, 20, -24, 90, 180])
@pytest.mark.parametrize("mirror", [False, True])
def test_a_turned_copy_is_told(deg, mirror):
    original = picture(0)
    assert likeness(turnable(original), turnable(turned(original, deg=deg, mirror=mirror))) >= ALIKE


def test_other_pictures_are_not_one():
    looks = [turnable(picture(seed)) for seed in range(8)]
    assert turned_copies(looks) == []
    assert max(likeness(looks[0], other) for other in looks[1:]) < 0.45


def fundus(seed: int, side: int = 224) -> np.ndarray:
    """A bright disc on a lit circle with fine vessels: what all fundi share, and what none shares."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(side) - side / 2, np.arange(side) - side / 2, indexing="ij")
    shown = np.stack([v * np.exp(-((np.hypot(x, y) / (0.8 * side)) ** 2)) for v in (200.0, 100.0, 50.0)])
    shown += 160 * np.exp(-(((x - 30 + rng.normal(0, 4)) ** 2 + (y + rng.normal(0, 4)) ** 2) / 14**2))
    for _ in range(25):
        angle, off, bend = rng.uniform(0, np.pi), rng.uniform(-70, 70), rng.uniform(0.002, 0.006)
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        shown -= 9 * np.exp(-(((across - off - bend * along**2) / 1.8) ** 2))
    shown = np.where(np.hypot(x, y) < 0.48 * side, shown + rng.normal(0, 2, shown.shape), 0)
    return np.clip(shown, 0, 255).astype(np.uint8)


def test_pictures_that_share_disc_and_frame_are_not_one():
    looks = [turnable(fundus(seed)) for seed in range(8)]
    assert turned_copies(looks) == []
    assert likeness(looks[0], turnable(turned(fundus(0), deg=12, mirror=True))) >= ALIKE


def test_copies_are_found_among_others():
    looks = [turnable(picture(seed)) for seed in range(6)]
    looks += [turnable(turned(picture(2), deg=15, mirror=True)), turnable(turned(picture(4), deg=-10, mirror=False))]
    assert turned_copies(looks) == [(2, 6), (4, 7)]


def test_gray_small_and_flat_pictures_are_left_aside():
    assert turnable(np.repeat(picture(0)[:1], 3, axis=0)) is None
    assert turnable(picture(0)[:, :64, :64]) is None
    assert turnable(picture(0)[:1]) is None
    assert turnable(np.full((3, 128, 128), 200, np.uint8)) is None
    assert turned_copies([]) == []
