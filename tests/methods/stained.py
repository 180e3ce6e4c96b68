"""Slides small enough to train on in a test: pink tissue on glass, in some a region of dark nests whose place is known."""

from pathlib import Path

import numpy as np

from isocenter.core.case import Case, CaseList
from isocenter.core.mask import held_mask
from isocenter.core.scores import Scores
from isocenter.core.slide import HeldSlide, map_grid
from isocenter.core.study import Study, Target

SIDE = 256
NAMES, SAID, ILL = ("other", "carcinoma"), ("no", "yes"), ("healthy", "ill")


def slide_of(seed: int, *, region: tuple[int, int, int, int] | None, side: int = SIDE) -> HeldSlide:
    """Tissue from an eighth to seven eighths of either side; region: x0, x1, y0, y1 in samples of 1 um."""
    rng = np.random.default_rng(seed)
    samples = np.full((3, side, side), 244.0)
    inside = slice(side // 8, 7 * side // 8)
    noise = rng.normal(0, 12, (side, side))
    pink = np.stack([215 + noise, 150 + noise, 195 + noise])
    samples[:, inside, inside] = pink[:, inside, inside]
    if region is not None:
        x0, x1, y0, y1 = region
        dots = rng.random((side, side)) < 0.4
        dark = np.where(dots, 70.0, 150.0) + rng.normal(0, 10, (side, side))
        samples[:, x0:x1, y0:y1] = np.stack([dark + 20, dark - 20, dark + 30])[:, x0:x1, y0:y1]
    return HeldSlide(samples=np.clip(samples, 0, 255).astype(np.uint8), finest_um=1.0, um_per_px=1.0)


def case_of(number: int, *, ill: bool) -> Case:
    """Two slides a patient; an ill one's even slide shows the region, the odd one does not."""
    shows = ill and number % 2 == 0
    slide = slide_of(number, region=(64, 160, 96, 192) if shows else None)
    grid = map_grid(slide)
    labels = np.zeros(grid.shape, np.uint8)
    if shows:
        labels[8:20, 12:24] = 1
    return Case(
        key=f"s{number}",
        patient=f"p{number // 2}",
        inputs={"slide": slide},
        labels={
            "regions": held_mask(labels, grid, NAMES),
            "carcinoma": Scores(p=np.eye(2)[int(shows)], names=SAID),
            "disease": Scores(p=np.eye(2)[int(ill)], names=ILL),
        },
        covariates={},
    )


def cases_of(first: int, patients: int) -> CaseList:
    """Every other patient is ill."""
    return CaseList([case_of(2 * n + s, ill=n % 2 == 0) for n in range(first, first + patients) for s in range(2)])


def study_of(*names: str, **fields) -> Study:
    """A study of some of: regions, carcinoma, disease."""
    targets = {
        "regions": Target(name="regions", type="mask", columns=("regions",), classes=NAMES),
        "carcinoma": Target(name="carcinoma", type="class", columns=("carcinoma",), classes=SAID),
        "disease": Target(name="disease", type="class", columns=("disease",), classes=ILL, per="patient"),
    }
    return Study(
        name="stained", cases=Path("cases.csv"), inputs={"slide": "slide"}, at={"slide": "10x"},
        targets=tuple(targets[name] for name in names), method="slide_patches", **fields,
    )  # fmt: skip
