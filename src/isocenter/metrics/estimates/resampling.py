"""Which patients a resample holds, as weights of its cases.

In:   the patient of every case.
Out:  weights (B, N): how often each case is drawn when whole patients are drawn with replacement; leave-one-patient-out weights.
Not:  no statistic (a cohort metric takes these weights), no interval (bca.py).
Reference: Davison & Hinkley, Bootstrap Methods and their Application, 1997, section 3.8 (resampling clusters).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CHUNK_NUMBERS = 4_000_000


def patient_codes(patients: Sequence[Any] | NDArray[Any]) -> NDArray[np.intp]:
    """Number the patients 0 … P - 1 and return the number of each case's patient (N,)."""
    _, codes = np.unique(np.asarray(patients, dtype=str), return_inverse=True)
    return codes.astype(np.intp).reshape(-1)


def resampled_weights(codes: NDArray[np.intp], draws: int, rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Yield blocks (b, N) of `draws` resamples of whole patients; a case counts as often as its patient is drawn.

    Blocks, because draws x cases need not fit into memory. Every row has as many patients (with repeats) as there are.
    """
    patients = int(codes.max()) + 1 if codes.size else 0
    block = max(1, min(draws, _CHUNK_NUMBERS // max(1, codes.size)))
    share = np.full(patients, 1.0 / patients) if patients else np.empty(0)
    for start in range(0, draws, block):
        times = rng.multinomial(patients, share, size=min(block, draws - start))  # (b, P)
        yield times[:, codes].astype(np.float64)


def jackknife_weights(codes: NDArray[np.intp]) -> Iterator[NDArray[np.float64]]:
    """Yield blocks (b, N) of weights that leave out one patient each, P rows in all."""
    patients = int(codes.max()) + 1 if codes.size else 0
    block = max(1, _CHUNK_NUMBERS // max(1, codes.size))
    for start in range(0, patients, block):
        left_out = np.arange(start, min(start + block, patients))
        yield (codes[None, :] != left_out[:, None]).astype(np.float64)
