"""Low dose: the CT that a share of the tube current would have given, its noise inserted in the projections.

In:   a slice in HU with square pixels; `dose`, the share of the current; photons a ray at full dose; electronic noise; kernel.
Out:  the slice plus the reconstruction of the noise its projections lack: streaks and grain as a scanner makes them.
Not:  no photon starvation artifacts beyond the logarithm's, no beam hardening; parallel rays, whatever the scanner had.

The slice is taken to hold the noise of full dose already, so only the difference is added: counts of mean m = I d / (1 - d), I the
expected counts at full dose, have in their logarithm the variance (1/d - 1) / I that is missing. `noiseless` says that the slice
has no noise of its own (a phantom's clean image): then m = I d.

Reference: Zeng et al., IEEE Trans Nucl Sci 2015; 62:2226-2233 (photons, electronic noise); Yu et al., J Comput Assist Tomogr
           2012; 36:477-487 (noise insertion); Kak & Slaney 1988 (filtered back-projection).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage.transform import iradon, radon

from isocenter.core.errors import GeometryError, SettingError, unknown
from isocenter.core.image import Image
from isocenter.imaging.degradation.degradation import Array, Degradation, amount_of, count_of, share_of

WATER_PER_MM = 0.0193
"""Attenuation of water at 70 keV (NIST)."""
KERNELS: Mapping[str, str] = {"sharp": "ramp", "soft": "hann"}
VIEWS = 10_000
"""At most: scanners take about a thousand."""
WITHOUT_NOISE = 1e15
"""Photons a ray whose noise would be lost in rounding, and which are too many to draw."""
ALIKE = 0.02
"""Share by which the sides of a pixel may differ."""


def make(samples: Array, image: Image, rng: np.random.Generator, options: Mapping[str, Any]) -> Array:
    """Return the slice (X, Y) at a lower dose."""
    dose, photons = share_of(options, "dose"), share_of(options, "photons", most=1e9)
    electrons, views = amount_of(options, "electrons"), count_of(options, "views", least=1, most=VIEWS)
    if options["kernel"] not in KERNELS:
        raise SettingError(unknown("kernel", str(options["kernel"]), KERNELS))
    pixel = _pixel_mm(image)
    missing = dose if options["noiseless"] else dose / (1.0 - dose) if dose < 1 else np.inf
    if photons * missing > WITHOUT_NOISE:
        return samples
    attenuation = np.maximum(samples / 1000.0 + 1.0, 0.0) * WATER_PER_MM
    lines = radon(_square(attenuation), _angles(views), circle=False) * pixel  # type: ignore[no-untyped-call]
    expected = photons * missing * np.exp(-lines)
    counts = rng.poisson(expected) + electrons * rng.standard_normal(lines.shape)
    seen = -np.log(np.maximum(counts, 1.0) / (photons * missing))
    noise = _reconstructed((seen - lines) / pixel, samples.shape, views=views, kernel=options["kernel"])
    return np.asarray(samples + noise * (1000.0 / WATER_PER_MM), np.float32)


def _angles(views: int) -> NDArray[np.float64]:
    return np.linspace(0.0, 180.0, views, endpoint=False)


def _square(slice_: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return a slice with the attenuation of air, 0, added until its sides are alike."""
    side = max(slice_.shape)
    return np.asarray(np.pad(slice_, [(0, side - n) for n in slice_.shape]), np.float64)


def _reconstructed(noise: NDArray[np.float64], shape: tuple[int, ...], *, views: int, kernel: str) -> NDArray[np.float64]:
    image = iradon(  # type: ignore[no-untyped-call]
        noise, _angles(views), output_size=max(shape), filter_name=KERNELS[kernel], circle=False
    )
    return np.asarray(image[: shape[0], : shape[1]], np.float64)


def _pixel_mm(image: Image) -> float:
    x, y = image.grid.spacing_mm[:2]
    if abs(x - y) > ALIKE * max(x, y):
        raise GeometryError(f"expected square pixels in the plane of rotation, got {x:g} × {y:g} mm. Resample the image first.")
    return float(x)


DEGRADATION = Degradation(
    name="low_dose",
    does="CT at a share of its tube current: Poisson and electronic noise in the projections.",
    cite="Zeng et al., IEEE Trans Nucl Sci 2015; 62:2226. Yu et al., J Comput Assist Tomogr 2012; 36:477.",
    maker=make,
    options={"dose": 0.25, "photons": 1e5, "electrons": 3.0, "kernel": "sharp", "views": 360, "noiseless": False},
    unit="HU",
)
