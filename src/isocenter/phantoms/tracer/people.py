"""The patients of a tracer, and pictures that tell nothing.

In:   a generator.
Out:  patients in strata of equal size, so that learn, tune and test hold the same mixture whatever the seed; noise pictures.
Not:  no labels.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from isocenter.core.grid import Grid, plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.record import Record

SPLIT: dict[str, int | float | str] = {"test": 0.25, "tune": 0.34, "by": "stratum"}
"""A quarter of each stratum tests, a third of the rest tunes."""


class Person(Record):
    """One patient and the stratum it was drawn for."""

    key: str
    number: int
    stratum: str
    age: float
    sex: str

    @property
    def covariates(self) -> dict[str, float | str]:
        """Columns of the table."""
        return {"stratum": self.stratum, "age": self.age, "sex": self.sex}


def people(rng: np.random.Generator, strata: Sequence[str], sizes: Sequence[int]) -> Iterator[Person]:
    """Yield the patients, strata in turn, each as large as its size says."""
    names = [name for name, size in zip(strata, sizes, strict=True) for _ in range(size)]
    for number, stratum in enumerate(names):
        yield Person(
            key=f"p{number:02d}", number=number, stratum=stratum, age=float(rng.integers(30, 80)), sex=str(rng.choice(["f", "m"]))
        )


def flat_grid(shape: tuple[int, int] = (16, 12)) -> Grid:
    """Return the grid of a picture without millimetres."""
    return plain_grid(shape)


def solid_grid(shape: tuple[int, int, int] = (12, 10, 6)) -> Grid:
    """Return the grid of a volume with voxels of 1 × 1 × 2 mm."""
    return plain_grid(shape, spacing=(1.0, 1.0, 2.0), world="ras_mm")


def noise(rng: np.random.Generator, grid: Grid) -> Image:
    """Return an image of one channel that knows nothing of any label: uniform whole numbers, 0 … 255."""
    return held_image(rng.integers(0, 256, (1, *grid.shape)).astype(np.uint8), grid)
