"""Settings of the U-Net for segmentation; each field is a setting of the plan."""

from dataclasses import dataclass

from isocenter.methods._patches.settings import PatchSettings


@dataclass(frozen=True, kw_only=True)
class UNetSettings(PatchSettings):
    """One segmentation network."""

    keep_probability: bool = False
    """Also write the probability map of every case."""
