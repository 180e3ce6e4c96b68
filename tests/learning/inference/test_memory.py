"""A large CT with many classes, measured from outside: the peak of a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import resource, sys
import numpy as np
from isocenter.learning.inference.sliding_window import predict_volume
from isocenter.learning.inference.to_grid import GridReceiver

size, window, classes, shape = eval(sys.argv[2])

class Trivial:
    name, batch = "trivial", 1
    def __call__(self, windows):
        ranks = np.arange(classes, dtype=np.float32).reshape(-1, 1, 1, 1)
        return [w[:1] * ranks for w in windows]

image = np.lib.format.open_memmap(sys.argv[1] + "/image.npy", "w+", np.float32, (1, *size))
image[0, ::7] = 1.0
image.flush()
labels = np.lib.format.open_memmap(sys.argv[1] + "/labels.npy", "w+", np.uint8, shape)
predict_volume(Trivial(), image, window, GridReceiver(size, shape, labels=labels), classes=classes, skip_empty=False)
assert labels.max() == classes - 1 and labels.min() == 0
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def peak_bytes(folder: Path, *case: object) -> int:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), repr(case)], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    return int(done.stdout)


@pytest.mark.slow
def test_a_ct_of_512_512_600_with_20_classes_stays_under_6_gb(tmp_path: Path) -> None:
    assert peak_bytes(tmp_path, (512, 512, 600), (96, 96, 96), 20, (512, 512, 600)) < 6e9


def test_twice_the_length_needs_hardly_more_memory(tmp_path: Path) -> None:
    short, long = (peak_bytes(tmp_path, (48, 48, n), (24, 24, 24), 40, (48, 48, n)) for n in (48, 960))
    # All scores of the long one would take 40 classes x 4 bytes x 48 x 48 x 960 = 354 MB.
    assert long - short < 60e6
