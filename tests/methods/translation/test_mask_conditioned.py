"""An image from a mask: what is asked for at a place is drawn there."""

import csv

import numpy as np

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.plan import Plan
from isocenter.io.write import write_image, write_mask
from isocenter.stages.answer import load_model
from isocenter.stages.predict import predict
from isocenter.stages.run import run
from isocenter.stages.run_cases import open_run

SIDE = 16
STUDY = """
name: drawn
cases: cases.csv
inputs: {asked: asked}
units: {asked: labels 2}
targets: [{name: picture, type: image, columns: picture}]
method: pix2pix
settings: {steps: 120, adversarial: 0.0, widths: [8, 16], batch: 4, learning_rate: 0.01, average: 0.3}
split: {tune: 0.25, test: 0.0}
"""


def test_place_and_class_of_a_mask_decide_what_is_drawn(tmp_path):
    """Class 1 is dark, class 2 bright, on gray; their sizes differ so much that a mask scaled by its own numbers would mislead."""
    grid = plain_grid((SIDE, SIDE))
    rows = []
    for i in range(24):
        rng = np.random.default_rng(i)
        asked = np.zeros((SIDE, SIDE), np.uint8)
        size = 2 if i % 2 else 9
        x, y = rng.integers(0, SIDE - size, 2)
        asked[x : x + size, y : y + size] = 1 + (i // 2) % 2
        samples = np.array([120, 30, 220])[asked] + rng.normal(0, 4, asked.shape)
        write_mask(held_mask(asked, grid, ("background", "dark", "bright")), tmp_path / f"asked_{i}.png")
        write_image(held_image(samples.astype(np.uint8)[None], grid), tmp_path / f"picture_{i}.png")
        rows.append({"case": f"c{i}", "patient": f"p{i}", "asked": f"asked_{i}.png", "picture": f"picture_{i}.png"})
    with open(tmp_path / "cases.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    made = run(tmp_path / "study.yaml", out=tmp_path / "run", data=tmp_path, time_limit=0.05)
    settings = {s.name: s.value for s in made.read(Plan).settings}
    assert (settings["scheme"], tuple(settings["channels"])) == ("none", (2,))
    study, cases = open_run(made)
    model = load_model(made, study)
    for answer in model.predict(cases.select(made_keys(made)), scratch=tmp_path):
        asked = cases[answer.case].inputs["asked"].array()
        drawn = answer.answers["picture"].array()[0]
        gray = np.median(drawn[asked.sum(axis=0) == 0])
        assert abs(gray - 120) < 30
        assert not asked[0].any() or np.median(drawn[asked[0] == 1]) < gray - 40
        assert not asked[1].any() or np.median(drawn[asked[1] == 1]) > gray + 40
    predict(made.path, tmp_path / "asked_0.png", out=tmp_path / "new")
    assert list((tmp_path / "new").glob("*.png"))


def made_keys(made):
    return [p.case for p in made.predictions()]
