"""A study on disk whose pictures show small bright discs, each with a dot, or a box, in its middle."""

from pathlib import Path

import numpy as np
from PIL import Image as Picture

SIDE, RADIUS = 48, 3


def write_dotted(
    folder: Path, *, boxes: bool = False, numbered: bool = False, kinds: str = "[cell]", more: str = "", target: str = ""
) -> Path:
    """Write 14 pictures of 2 to 8 discs, cases.csv and study.yaml, without a count target. Returns the study's path.

    boxes    : the files of the points also say how large a disc is
    numbered : the points are the middles of discs numbered in a picture
    kinds    : of which the first two are given in turns
    more     : lines at the end of the study
    target   : further fields of the target, ", metrics: […]"
    """
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    names = kinds.strip("[]").split(", ")
    rows = ["case,patient,image,dots"]
    x, y = np.mgrid[:SIDE, :SIDE]
    for i in range(14):
        picture, places = rng.normal(30, 3, (SIDE, SIDE)), []
        while len(places) < 2 + i % 7:
            place = rng.integers(5, SIDE - 5, 2)
            if all(np.hypot(*(place - p)) > 9 for p in places):
                places.append(place)
        numbers = np.zeros((SIDE, SIDE), np.uint8)
        for n, (a, b) in enumerate(places, start=1):
            numbers[(x - a) ** 2 + (y - b) ** 2 <= RADIUS**2] = n
            picture[(x - a) ** 2 + (y - b) ** 2 <= RADIUS**2] += 120
        Picture.fromarray(np.clip(picture.T, 0, 255).astype(np.uint8)).save(folder / f"image_{i}.png")
        size = f",{2 * RADIUS},{2 * RADIUS}" if boxes else ""
        # Nobody sets a dot in the very middle.
        lines = [f"{a + 0.4},{b + 0.4},{names[n % min(2, len(names))]}{size}" for n, (a, b) in enumerate(places)]
        head = "x,y,kind" + (",w,h" if boxes else "")
        (folder / f"dots_{i}.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        Picture.fromarray(numbers.T).save(folder / f"numbers_{i}.png")
        rows.append(f"c{i},p{i},image_{i}.png,{f'numbers_{i}.png' if numbered else f'dots_{i}.csv'}")
    (folder / "cases.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    target += ", instances: true" if numbered else ""
    (folder / "study.yaml").write_text(
        f"name: dotted\ncases: cases.csv\ninputs: {{photo: image}}\ntargets:\n"
        f"  - {{name: cells, type: points, columns: dots, classes: {kinds}{target}}}\n{more}",
        encoding="utf-8",
    )
    return folder / "study.yaml"
