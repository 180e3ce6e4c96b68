"""Ways an image gets worse in the scanner, one file each; the file's name is the degradation's name."""

from isocenter.core.registry import Registry
from isocenter.imaging.degradation.degradation import Degradation

DEGRADATIONS: Registry[Degradation] = Registry(
    "degradation", "isocenter.imaging.degradation", "DEGRADATION", skip=("degradation", "fourier")
)
