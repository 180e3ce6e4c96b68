"""What a plan says of memory goes with the precision chosen: half of it in bfloat16, of training alone."""

import pytest

from isocenter.methods._voxels.costs import costs_of
from isocenter.methods._voxels.settings import VoxelSettings

SETTINGS = {
    "patch": (15, 15), "kernels": ((4, 4), (2, 2)), "pools": ((2, 2), (1, 1)), "rest": (5, 5), "widths": (6, 8), "tile": (48, 48),
}  # fmt: skip


def gigabytes(precision: str) -> dict[str, float]:
    return {
        c.name: c.value for c in costs_of(VoxelSettings(**SETTINGS, precision=precision), (48, 40), outputs=2) if c.unit == "GB"
    }


def test_training_in_bfloat16_keeps_half_and_prediction_stays_in_float32() -> None:
    full, half = gigabytes("float32"), gigabytes("bfloat16")
    shares = {name: half[name] / full[name] for name in full}
    assert shares == pytest.approx(
        {"memory of a training step": 0.5, "memory of training on whole images": 0.5, "memory of prediction": 1.0}
    )
