"""Where to begin: which way round the second section lies, and where.

In:   channel and mask of both sections, at one resolution.
Out:  starts, the best first; the moments alone, which is the baseline.
Not:  no refinement (align.py).

The section is turned by every step of a full circle about its centroid; for each turn the shift with the largest normalized
cross-correlation of channel and mask is found at once, by Fourier transforms.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.imaging.sections.plane_map import PlaneMap, affine_map

COARSE_PX = 96
"""Of the longer side, where turns are tried."""


class Section(Record):
    """One section as registration sees it."""

    channel: NDArray[np.float32]
    """(X, Y) in [0, 1]."""
    mask: NDArray[np.bool_]
    """(X, Y): its pieces."""
    um: float
    """Size of a sample; the first one's corner is at 0."""


class Start(Record):
    """One way to begin."""

    turn_deg: float
    map: PlaneMap
    score: float
    """Mean normalized cross-correlation of channel and mask, at most 1."""


def starts(fixed: Section, moving: Section, *, turns: int) -> list[Start]:
    """Return the best start of each turn, the best one first.

    turns : of a full circle
    """
    block = max(1, round(max(*fixed.mask.shape, *moving.mask.shape) / COARSE_PX))
    here, there = (_coarse(section, block) for section in (fixed, moving))
    um = fixed.um * block
    middle = _centroid(there[1])
    wide = int(np.ceil(np.hypot(*there[1].shape)))
    size = max(here[1].shape) + wide
    spectra = [np.fft.rfft2(_unit(image), (size, size)) for image in here]
    found = []
    for turn in np.arange(turns) * (2 * np.pi / turns):
        rotation = _rotation(turn)
        # the sample y of the turned picture shows the sample rotation @ y + offset
        offset = middle - rotation @ np.full(2, (wide - 1) / 2)
        score = sum(
            np.fft.irfft2(
                spectrum * np.conj(np.fft.rfft2(_unit(_turned(image, rotation, offset, wide)), (size, size))), (size, size)
            )
            for spectrum, image in zip(spectra, there, strict=True)
        )
        peak = np.unravel_index(int(np.argmax(score)), (size, size))
        shift = np.array([p - size if p >= here[1].shape[axis] else p for axis, p in enumerate(peak)], float)
        index = offset - rotation @ shift  # moving index of the fixed index 0
        place = um * (index + 0.5 - rotation @ np.full(2, 0.5))
        found.append(Start(turn_deg=float(np.rad2deg(turn)), map=affine_map(rotation, place), score=float(np.max(score)) / 2))
    return sorted(found, key=lambda start: -start.score)


def moments_start(fixed: Section, moving: Section) -> Start:
    """Return centroid on centroid and long axis along long axis; of the four ways, that whose masks overlap most."""
    center, other = (_centroid(section.mask) for section in (fixed, moving))
    turn = _axis(moving.mask) - _axis(fixed.mask)
    found = []
    for quarter in range(4):
        rotation = _rotation(turn + quarter * np.pi / 2)
        shifted = _turned(moving.mask.astype(float), rotation, other - rotation @ center, fixed.mask.shape) > 0.5
        share = 2 * float((shifted & fixed.mask).sum()) / max(float(shifted.sum() + fixed.mask.sum()), 1.0)
        place = moving.um * (other + 0.5) - fixed.um * rotation @ (center + 0.5)
        degrees = float(np.rad2deg(turn) + 90 * quarter) % 360
        found.append(Start(turn_deg=degrees, map=affine_map(rotation, place), score=share))
    return max(found, key=lambda start: start.score)


def _coarse(section: Section, block: int) -> list[NDArray[np.float64]]:
    """Return channel and mask as means over blocks."""
    shape = tuple(max(1, n // block) for n in section.mask.shape)
    cut = tuple(slice(0, n * block) for n in shape)
    return [
        np.asarray(image, np.float64)[cut].reshape(shape[0], block, shape[1], block).mean(axis=(1, 3))
        for image in (section.channel * section.mask, section.mask)
    ]


def _turned(
    image: NDArray[np.float64], rotation: NDArray[np.float64], offset: NDArray[np.float64], shape: int | tuple[int, ...]
) -> NDArray[np.float64]:
    from scipy.ndimage import affine_transform

    wanted = (shape, shape) if isinstance(shape, int) else shape
    return np.asarray(affine_transform(image, rotation, offset, wanted, order=1))


def _unit(image: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(image / max(float(np.linalg.norm(image)), 1e-12), np.float64)


def _rotation(turn: float) -> NDArray[np.float64]:
    c, s = np.cos(turn), np.sin(turn)
    return np.array([[c, -s], [s, c]])


def _centroid(mask: NDArray[np.generic]) -> NDArray[np.float64]:
    from scipy.ndimage import center_of_mass

    return np.asarray(center_of_mass(mask), np.float64)


def _axis(mask: NDArray[np.bool_]) -> float:
    """Return the direction of the long axis, rad."""
    at = np.argwhere(mask).astype(float)
    values, axes = np.linalg.eigh(np.cov(at.T))
    long = axes[:, int(np.argmax(values))]
    return float(np.arctan2(long[1], long[0]))
