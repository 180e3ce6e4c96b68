"""Objects classified by what they look like and where they lie: the cut alone cannot know the second, both looks can."""

import csv

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.plan import Plan
from isocenter.io.write import write_image
from isocenter.stages.predict import predict
from isocenter.stages.run import run

SIDE, PLACES = 96, (24, 72)
STUDY = """
name: objects
cases: cases.csv
inputs: {film: film}
targets: [{name: kind, type: class, columns: kind, classes: [other, wanted], scope: "box:place"}]
patient: patient
split: {test: 0.0, tune: 0.4}
"""


def write(folder, *, films):
    """Four objects a film: bright or dark in the middle, with a ring far around them or none. Wanted = bright and ringed."""
    rng = np.random.default_rng(3)
    folder.mkdir(parents=True)
    x, y = np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij")
    rows = []
    for number in range(films):
        film = rng.normal(100, 4, (SIDE, SIDE))
        for cx in PLACES:
            for cy in PLACES:
                bright, ringed = rng.random(2) < 0.6
                i, j = cx + int(rng.integers(-3, 4)), cy + int(rng.integers(-3, 4))
                away = np.hypot(x - i, y - j)
                film += np.where(away < 4, 30, 0) + np.where(away < 2, 40 if bright else -60, 0)
                film += np.where((away > 11) & (away < 15), 40 if ringed else 0, 0)
                rows.append(
                    {"case": f"o{len(rows):03d}", "patient": f"p{number:02d}", "film": f"{number:02d}.png", "place": f"{i} {j} 9 9",
                     "kind": "wanted" if bright and ringed else "other"}
                )  # fmt: skip
        write_image(
            held_image(np.clip(film, 0, 255)[None].astype(np.uint8), plain_grid((SIDE, SIDE))), folder / f"{number:02d}.png"
        )
    with open(folder / "cases.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return folder / "study.yaml"


def auc_of(done):
    return next(e for e in done.estimates() if e.name == "auc" and e.who == "model").value


SMALL = {"size": [24, 24], "encoder_settings": {"widths": [8, 16]}, "steps": 400, "batch": 16, "augmentation": 0.0}


@pytest.mark.slow
def test_the_object_and_its_surroundings_are_both_needed(tmp_path):
    study = write(tmp_path / "study", films=40)
    alone = run(study, out=tmp_path / "alone", settings={**SMALL, "context": 0})
    both = run(study, out=tmp_path / "both", settings={**SMALL, "context": 4.0})
    # Of the bright ones, 6 in 10 are wanted and none of the others is: the cut alone can reach 1 - 0.24 / (2 x 0.64), no more.
    assert auc_of(alone) < 0.9
    assert auc_of(both) > 0.96
    assert auc_of(both) - auc_of(alone) > 0.08


def test_a_label_of_an_object_is_planned_with_two_looks_and_learned(tmp_path):
    study = write(tmp_path / "study", films=6)
    done = run(study, out=tmp_path / "run", settings={"steps": 2, "encoder_settings": {"widths": [2, 4]}})
    chosen = {s.name: s.value for s in done.read(Plan).settings}
    assert chosen["region"] == "crop"
    assert chosen["context"] == 3.0
    assert chosen["fusion"] == "dualnet"
    assert tuple(chosen["size"]) == (48, 48)
    assert len({p.case for p in done.predictions()}) > 6  # several objects an image
    assert not [f for f in done.findings() if f.severity == "failure"]
    told = predict(done.path, tmp_path / "study" / "cases.csv", out=tmp_path / "told")
    with open(told, newline="", encoding="utf-8") as file:
        chances = [row["predicted_kind_p_wanted"] for row in csv.DictReader(file)]
    assert len(chances) == 24
    assert len(set(chances)) > 6  # objects of one film are told apart
