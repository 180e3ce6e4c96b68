"""How unlike the cases learned from a case is: the Mahalanobis distance of its features, with a shrunk covariance.

In:   features of the learning cases, (N, F); of one case, (F,).
Out:  Unlikeness: a distance whose mean square over the learning cases is 1, or less where the covariance was shrunk.
Not:  no features (exam/description.py), no line beyond which a case is refused: that is chosen on tuning cases.

Reference: Lee, Lee, Lee & Shin, NeurIPS 2018, arXiv:1807.03888. Covariance: Ledoit & Wolf, J Multivar Anal 2004; 88:365-411.
Differs:   one mean for all cases instead of one a class, since a label may be an amount, a time or several findings at once; no
    perturbation of the input; the distance is divided by the root of the number of features.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from isocenter.core.errors import FileError, StudyError

LEAST_SPREAD = 0.1
"""Of the median spread of a block: a feature that hardly moved while learning must not decide by itself."""


@dataclass(frozen=True, kw_only=True)
class Unlikeness:
    """What the learning cases looked like."""

    center: NDArray[np.float32]
    """(F,)."""
    scale: NDArray[np.float32]
    """(F,), above 0."""
    precision: NDArray[np.float32]
    """(F, F), of the standardized features."""
    cases: int
    """Learning cases it was fitted to."""

    def distance(self, features: NDArray[np.floating]) -> float:
        """Return the distance of one case (F,), in [0, inf); a feature that is NaN counts as the learning cases' mean."""
        z = (np.asarray(features, np.float64) - self.center) / self.scale
        z = np.where(np.isfinite(z), z, 0.0)
        squared = float(z @ self.precision.astype(np.float64) @ z)
        return float(np.sqrt(max(squared, 0.0) / z.size))

    def save(self, path: Path) -> None:
        """Write a file of safetensors."""
        save_file({name: np.ascontiguousarray(getattr(self, name)) for name in ("center", "scale", "precision")}, path)


def load_unlikeness(path: Path, *, cases: int) -> Unlikeness:
    """Read what `save` wrote. FileError when it is damaged."""
    try:
        arrays = load_file(path)
        return Unlikeness(center=arrays["center"], scale=arrays["scale"], precision=arrays["precision"], cases=cases)
    except (OSError, SafetensorError, KeyError) as error:
        raise FileError(f"expected what the learning cases looked like in {path}, got: {error}. Train the run again.") from error


def fit_unlikeness(features: NDArray[np.floating], blocks: tuple[int, ...]) -> Unlikeness:
    """Return the distance fitted to learning cases.

    Parameters
    ----------
    features : (N, F)
        NaN where a case lacks an input. StudyError with fewer than two cases.
    blocks : widths of the blocks features come in, F in all
        Each block has a least spread of its own.

    Returns
    -------
    Unlikeness. The covariance is shrunk toward a multiple of the identity, so it can be inverted with fewer cases than features.
    """
    from sklearn.covariance import ledoit_wolf

    x = np.asarray(features, np.float64)
    if x.ndim != 2 or len(x) < 2 or sum(blocks) != x.shape[1]:
        raise StudyError(f"expected features of two cases or more, {sum(blocks)} each, got an array of shape {x.shape}.")
    known = np.isfinite(x)
    count = np.maximum(known.sum(axis=0), 1)
    center = np.where(known, x, 0.0).sum(axis=0) / count
    rest = np.where(known, x - center, 0.0)
    scale = np.sqrt((rest**2).sum(axis=0) / count)
    ends = np.cumsum(blocks)
    for start, end in zip(ends - blocks, ends, strict=True):
        middle = float(np.median(scale[start:end]))
        scale[start:end] = np.maximum(scale[start:end], LEAST_SPREAD * middle if middle > 0 else 1.0)
    covariance, _ = ledoit_wolf(rest / scale, assume_centered=True)
    return Unlikeness(
        center=center.astype(np.float32),
        scale=scale.astype(np.float32),
        precision=np.linalg.inv(covariance + 1e-6 * np.eye(len(covariance))).astype(np.float32),
        cases=len(x),
    )
