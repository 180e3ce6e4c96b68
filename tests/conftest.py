"""Fixtures every test may use."""

import os
from pathlib import Path

# What is promised to the bit is promised of a processor. tests/accelerator asks for the graphics card.
if not os.environ.get("ISOCENTER_TEST_ACCELERATOR"):
    os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import pytest


@pytest.fixture
def data_folder() -> Path:
    """The folder of real development data; a clone without it skips."""
    folder = os.environ.get("ISOCENTER_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs real data: set ISOCENTER_DATA to its folder")
    return Path(folder)


@pytest.fixture
def rng() -> np.random.Generator:
    """A seeded generator."""
    return np.random.default_rng(0)
