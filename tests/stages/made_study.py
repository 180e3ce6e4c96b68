"""A small study on disk with one mistake at a time, for the tests of check."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import ndimage

from isocenter.core.finding import Finding
from isocenter.core.grid import Grid, as_affine
from isocenter.core.image import held_image
from isocenter.core.mask import Mask
from isocenter.io.write import write_image, write_mask
from isocenter.stages.check import check

SHAPE = (16, 14, 12)
STUDY = """\
name: made
cases: cases.csv
inputs: {t1: image}
targets:
  - {name: tumor, type: mask, columns: label, classes: [background, tumor]}
patient: patient
"""


def grid(*, shape: tuple[int, ...] = SHAPE, spacing: float = 2.0, origin: float = -20.0) -> Grid:
    matrix = np.diag([*[spacing] * len(shape), 1.0])
    matrix[: len(shape), -1] = origin
    return Grid(shape=shape, affine=as_affine(matrix), world="ras_mm")


def brain(seed: int, *, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    """Random structure (X, Y, Z), unlike any other seed's."""
    rng = np.random.default_rng(seed)
    return sum(ndimage.gaussian_filter(rng.normal(size=shape), s) * s**1.5 for s in (0.7, 2.0)).astype(np.float32)


def ball(shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    x, y, z = np.indices(shape)
    return ((x - 8) ** 2 + (y - 7) ** 2 + (z - 6) ** 2 < 16).astype(np.uint8)


def save(samples: np.ndarray, path: Path, place: Grid | None = None) -> None:
    write_image(held_image(samples[None], place if place is not None else grid(shape=samples.shape)), path)


def save_mask(labels: np.ndarray, path: Path, place: Grid | None = None) -> None:
    held = held_image(labels[None], place if place is not None else grid(shape=labels.shape), channels=("label",))
    write_mask(Mask(labels=held, names=("background", "tumor")), path)


def made_study(folder: Path, *, cases: int = 4, spoil: Callable[[Path], None] | None = None, study: str = STUDY) -> Path:
    """Write a clean study of `cases` patients, let `spoil` change files, return study.yaml."""
    rows = ["case,patient,image,label"]
    for n in range(cases):
        save(brain(n), folder / f"image_{n}.nii.gz")
        save_mask(ball(), folder / f"label_{n}.nii.gz")
        rows.append(f"c{n},p{n},image_{n}.nii.gz,label_{n}.nii.gz")
    (folder / "cases.csv").write_text("\n".join(rows) + "\n")
    (folder / "study.yaml").write_text(study)
    if spoil is not None:
        spoil(folder)
    return folder / "study.yaml"


def edit(folder: Path, old: str, new: str, *, file: str = "cases.csv") -> None:
    """Replace text in a file of the study; it must be there."""
    text = (folder / file).read_text()
    assert old in text, old
    (folder / file).write_text(text.replace(old, new))


def found(path: Path, code: str, *, headers_only: bool = False) -> Finding:
    """Return the one finding of this code."""
    matches = [f for f in check(path, headers_only=headers_only) if f.code == code]
    assert len(matches) == 1, matches
    return matches[0]


def codes(path: Path, *, headers_only: bool = False) -> set[str]:
    """Return the codes of what is found, apart from the note on few patients that every small study gets."""
    return {f.code for f in check(path, headers_only=headers_only)} - {"few_patients"}
