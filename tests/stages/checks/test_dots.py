"""Dots that would be misread are found, each with its own remedy."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from isocenter.stages.check import check

SIDE = 60


def written(folder: Path, dots, *, classes: str = "[cell]", cases: int = 3, name: str = "dots_{}.png") -> Path:
    """Write a study of noisy pictures whose dots `dots(n, path)` writes."""
    rng = np.random.default_rng(0)
    rows = ["case,patient,image,dots"]
    for n in range(cases):
        Image.fromarray(rng.integers(0, 255, (SIDE, SIDE), np.uint8)).save(folder / f"image_{n}.png")
        dots(n, folder / name.format(n))
        rows.append(f"c{n},p{n},image_{n}.png,{name.format(n)}")
    (folder / "cases.csv").write_text("\n".join(rows) + "\n")
    (folder / "study.yaml").write_text(
        "name: dots\ncases: cases.csv\ninputs: {microscopy: image}\n"
        f"targets:\n  - {{name: cells, type: points, columns: dots, classes: {classes}}}\n"
    )
    return folder / "study.yaml"


def drawn(side: int = SIDE, *, colors=((255, 255, 255),), edge: int = 0):
    """Dots of 2 x 2 samples in some colors, in turns, with a gray rim if asked for."""

    def write(n: int, path: Path) -> None:
        samples = np.zeros((side, side, 3), np.uint8)
        for i, (y, x) in enumerate((y, x) for y in range(5, side - 5, 10) for x in range(5, side - 5, 10)):
            if edge:
                samples[y - 1 : y + 3, x - 1 : x + 3] = edge
            samples[y : y + 2, x : x + 2] = colors[i % len(colors)]
        Image.fromarray(samples).save(path)

    return write


def listed(factor: float):
    """Places all over the picture, times a factor."""

    def write(n: int, path: Path) -> None:
        places = factor * np.random.default_rng(n).uniform(0, SIDE - 1, (40, 2))
        path.write_text("i,j\n" + "".join(f"{x:.1f},{y:.1f}\n" for x, y in places))

    return write


def found(path: Path) -> dict[str, str]:
    """Severity by code, of what is said of dots."""
    told = [f for f in check(path) if f.code.startswith(("dots_", "place"))]
    assert all(f.do and f.cases for f in told)
    return {f.code: f.severity for f in told}


def test_plain_dots_and_places_are_left_in_peace(tmp_path):
    assert found(written(tmp_path, drawn())) == {}
    assert found(written(tmp_path, drawn(colors=((255, 0, 0),)))) == {}
    assert found(written(tmp_path, listed(1.0), name="places_{}.csv")) == {}


@pytest.mark.parametrize(
    ("dots", "code", "severity"),
    [
        (drawn(2 * SIDE), "dots_of_another_size", "failure"),
        (drawn(colors=((255, 0, 0), (0, 0, 255))), "dots_of_several_colors", "warning"),
        (drawn(edge=90), "dots_blended", "warning"),
    ],
)
def test_a_picture_of_dots_that_would_be_misread(dots, code, severity, tmp_path):
    assert found(written(tmp_path, dots))[code] == severity


def test_two_colors_for_two_kinds_are_a_failure_since_all_would_be_of_one(tmp_path):
    path = written(tmp_path, drawn(colors=((255, 0, 0), (0, 0, 255))), classes="[large, small]")
    assert found(path) == {"dots_of_several_colors": "failure"}


def test_one_color_for_two_kinds_is_a_failure_too(tmp_path):
    assert found(written(tmp_path, drawn(), classes="[large, small]")) == {"dots_without_kinds": "failure"}


def test_places_counted_at_half_the_magnification_lie_in_a_corner(tmp_path):
    assert found(written(tmp_path, listed(0.5), name="places_{}.csv")) == {"places_in_a_corner": "warning"}


def test_places_counted_at_twice_the_magnification_lie_outside(tmp_path):
    assert found(written(tmp_path, listed(2.0), name="places_{}.csv")) == {"place_outside": "warning"}


def test_an_empty_picture_of_dots_holds_none(tmp_path):
    assert found(written(tmp_path, lambda n, path: Image.new("L", (SIDE, SIDE)).save(path))) == {}
