"""A slice in k-space and back."""

import numpy as np
from numpy.typing import NDArray


def to_k_space(samples: NDArray[np.float32]) -> NDArray[np.complex128]:
    """Return the spectrum (X, Y), its zero frequency in the middle."""
    return np.fft.fftshift(np.fft.fft2(samples))


def magnitude(spectrum: NDArray[np.complex128]) -> NDArray[np.float32]:
    """Return the magnitude image (X, Y) of a spectrum."""
    return np.asarray(np.abs(np.fft.ifft2(np.fft.ifftshift(spectrum))), np.float32)
