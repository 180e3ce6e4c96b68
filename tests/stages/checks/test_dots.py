"""Dots that would be misread are found, each with its own remedy."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from isocenter.stages.check import check

SIDE = 60


def written(folder: Path, dots, *, classes: str = "[cell]", cases: int = 3, kind: str = "points") -> Path:
    """Write a study of noisy pictures whose dots `dots(n, path)` writes."""
    rng = np.random.default_rng(0)
    rows = ["case,patient,image,dots"]
    for n in range(cases):
        Image.fromarray(rng.integers(0, 255, (SIDE, SIDE), np.uint8)).save(folder / f"image_{n}.png")
        dots(n, folder / f"dots_{n}.png")
        rows.append(f"c{n},p{n},image_{n}.png,dots_{n}.png")
    (folder / "cases.csv").write_text("\n".join(rows) + "\n")
    (folder / "study.yaml").write_text(
        "name: dots\ncases: cases.csv\ninputs: {microscopy: image}\n"
        f"targets:\n  - {{name: cells, type: {kind}, columns: dots, classes: {classes}}}\n"
    )
    return folder / "study.yaml"


def drawn(side: int = SIDE, *, colors=((255, 255, 255),), edge: int = 0, ground: int = 0):
    """Dots of 2 x 2 samples in some colors, in turns, with a gray rim if asked for."""

    def write(n: int, path: Path) -> None:
        samples = np.full((side, side, 3), ground, np.uint8)
        for i, (y, x) in enumerate((y, x) for y in range(5, side - 5, 10) for x in range(5, side - 5, 10)):
            if edge:
                samples[y - 1 : y + 3, x - 1 : x + 3] = edge
            samples[y : y + 2, x : x + 2] = colors[i % len(colors)]
        Image.fromarray(samples).save(path)

    return write


def found(path: Path) -> dict[str, str]:
    """Severity by code, of what is said of dots, and of files that do not open."""
    told = [f for f in check(path) if f.code.startswith(("dots_", "place", "no_places", "unreadable", "unknown"))]
    assert all(f.do and f.cases for f in told)
    return {f.code: f.severity for f in told}


def test_plain_dots_are_left_in_peace(tmp_path):
    assert found(written(tmp_path, drawn())) == {}
    assert found(written(tmp_path, drawn(colors=((255, 0, 0),)))) == {}


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


def black(n: int, path: Path) -> None:
    Image.new("L", (SIDE, SIDE)).save(path)


def test_an_empty_picture_of_dots_holds_none(tmp_path):
    assert found(written(tmp_path, lambda n, path: (black if n else drawn())(n, path))) == {}


def test_pictures_that_are_all_empty_are_told(tmp_path):
    assert found(written(tmp_path, black)) == {"no_places": "warning"}


@pytest.mark.parametrize("kind", ["points", "count"])
@pytest.mark.parametrize(
    ("dots", "code"),
    [
        (drawn(colors=((255, 0, 0),), ground=255), "dots_on_light_ground"),
        (drawn(colors=((0, 0, 0),), ground=255), "dots_on_light_ground"),
        (drawn(colors=((100, 100, 100),)), "dots_too_faint"),
    ],
)
def test_dots_that_reading_refuses_are_told_once_for_all_pictures(dots, code, kind, tmp_path):
    path = written(tmp_path, dots, kind=kind)
    assert found(path) == {code: "failure"}
    told = next(f for f in check(path) if f.code == code)
    assert told.cases == ("c0", "c1", "c2")
    assert told.got.startswith("3 otherwise; cases.csv, line 2, column 'dots': ")
    assert str(tmp_path) not in told.got


@pytest.mark.parametrize(
    ("dots", "code"),
    [
        (drawn(2 * SIDE), "dots_of_another_size"),
        (drawn(colors=((255, 0, 0), (0, 0, 255))), "dots_of_several_colors"),
        (drawn(edge=90), "dots_blended"),
    ],
)
def test_a_count_read_off_a_picture_is_looked_at_alike(dots, code, tmp_path):
    assert code in found(written(tmp_path, dots, kind="count"))


def test_a_count_by_number_names_no_picture(tmp_path):
    path = written(tmp_path, drawn(), kind="count")
    table = (tmp_path / "cases.csv").read_text()
    (tmp_path / "cases.csv").write_text(
        "".join(f"{line},n\n" if i == 0 else f"{line},{i}\n" for i, line in enumerate(table.split()))
    )
    path.write_text(path.read_text().replace("columns: dots", "columns: n"))
    assert found(path) == {}


def test_readers_have_a_picture_each(tmp_path):
    path = written(tmp_path, drawn(edge=90))
    table = (tmp_path / "cases.csv").read_text()
    (tmp_path / "cases.csv").write_text(table.replace("image,dots", "image,dots_ann"))
    path.write_text(path.read_text().replace("columns: dots", "columns: dots, raters: [ann]"))
    assert found(path) == {"dots_blended": "warning"}


def test_objects_that_cover_much_are_areas(tmp_path):
    def nuclei(n: int, path: Path) -> None:
        samples = np.zeros((SIDE, SIDE), np.uint8)
        for y in range(0, SIDE, 10):
            for x in range(0, SIDE, 10):
                samples[y : y + 6, x : x + 6] = 255
        Image.fromarray(samples).save(path)

    assert found(written(tmp_path, nuclei)) == {"dots_cover_much": "warning"}
