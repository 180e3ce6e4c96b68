"""Samplers: which patches a training sees. One file each; the file's name is the sampler's name."""

from collections.abc import Callable

from isocenter.core.registry import Registry
from isocenter.learning.places import Sampler

SAMPLERS: Registry[Callable[..., Sampler]] = Registry("sampler", "isocenter.learning.sampling", "SAMPLER")
"""Each is called with (places: Sequence[CasePlaces], patch: tuple[int, ...], generator), and its own settings by name."""
