"""Objects classified by what they look like and where they lie: the cut alone cannot know the second, both looks can."""

import csv

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.plan import Plan
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.io.write import write_image
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.methods._exam.build import build_learner, fit_heads, new_network
from isocenter.methods._exam.method import labeled_items
from isocenter.methods._exam.model import ExamModel
from isocenter.methods._exam.settings import ExamSettings
from isocenter.stages.predict import predict
from isocenter.stages.run import run

SIDE, PLACES = 96, (24, 72)
NAMES = ("other", "wanted")
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
                bright, ringed = rng.random(2) < (0.75, 0.5)
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


# Intensities are left alone: scaled by the whole image's own mean, those of the cut would tell what lies around it.
SMALL = {
    "size": [24, 24], "encoder_settings": {"widths": [8, 16]}, "steps": 400, "batch": 16, "augmentation": 0.0, "schemes": ["none"],
}  # fmt: skip


@pytest.mark.slow
def test_the_object_and_its_surroundings_are_both_needed(tmp_path):
    study = write(tmp_path / "study", films=40)
    alone = run(study, out=tmp_path / "alone", settings={**SMALL, "context": 0})
    both = run(study, out=tmp_path / "both", settings={**SMALL, "context": 4.0})
    # Of the others, 0.375 in 0.625 are as bright as all that are wanted: the cut alone can reach 1 - 0.375 / (2 x 0.625), no more.
    assert auc_of(alone) < 0.85
    assert auc_of(both) > 0.96


def test_a_label_of_an_object_is_planned_with_two_looks_and_learned(tmp_path):
    study = write(tmp_path / "study", films=6)
    done = run(study, out=tmp_path / "run", settings={"steps": 2, "encoder_settings": {"widths": [2, 4]}, "precision": "float32"})
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


def volumes(rng, *, count):
    """Yield objects in volumes of 32 samples a side: bright or dark in the middle, with a shell far around them or none."""
    axes = np.meshgrid(*[np.arange(32)] * 3, indexing="ij")
    for number in range(count):
        bright, ringed = rng.random(2) < (0.75, 0.5)
        center = rng.integers(13, 19, 3)
        away = np.sqrt(sum((axis - c) ** 2 for axis, c in zip(axes, center, strict=True)))
        scan = rng.normal(0, 0.3, (32, 32, 32)) + np.where(away < 3.5, 2, 0) + np.where(away < 2, 3 if bright else -4, 0)
        scan += np.where((away > 8) & (away < 11), 2 if ringed else 0, 0)
        grid = plain_grid((32, 32, 32))
        inside = np.zeros((32, 32, 32), np.uint8)
        inside[tuple(slice(c - 3, c + 4) for c in center)] = 1
        p = np.array([0.0, 1.0]) if bright and ringed else np.array([1.0, 0.0])
        yield Case(
            key=f"o{number}", patient=f"p{number}", inputs={"ct": held_image(scan[None].astype(np.float32), grid)},
            labels={"kind": Scores(p=p, names=NAMES)}, covariates={},
            regions={"place": held_mask(inside, grid, ("outside", "inside"))},
        )  # fmt: skip


def trained(cases, *, context):
    """Return the AUC on the last third of some cases, of a small network that learned from the others."""
    target = Target(name="kind", type="class", columns="kind", classes=NAMES, scope="box:place")
    settings = ExamSettings(
        size=(12, 12, 12), region="crop", context=context, fusion="dualnet" if context else "stacked", augmentation=0.0,
        encoder_settings={"widths": [6, 12]}, learning_rate=1e-2, schemes=("none",),
    )  # fmt: skip
    learn, held = cases[: 2 * len(cases) // 3], cases[2 * len(cases) // 3 :]
    heads = fit_heads([target], {"kind": [case.labels["kind"] for case in learn]}, settings)
    network = new_network(settings, heads, covariates=0, seed=0)
    model = ExamModel(network, heads, inputs=("ct",), targets=[target], settings=settings, covariates=CovariateTable())
    learner = build_learner(settings, network, heads, labeled_items(model, CaseList(learn)), steps=200, seed=0)
    for step in range(200):
        learner.step(step)
    model.network = learner.ema.network.cpu().eval()
    items = labeled_items(model, CaseList(held))
    wanted = np.array([item.truths["kind"][0] for item in items])
    scores = np.array([heads["kind"].answer(model.look(item).raw["kind"][0].numpy()).p[1] for item in items])
    return float((scores[wanted == 1][:, None] > scores[wanted == 0][None]).mean())


@pytest.mark.slow
def test_in_volumes_too_both_looks_are_needed():
    cases = list(volumes(np.random.default_rng(0), count=240))
    assert trained(cases, context=0.0) < 0.85
    assert trained(cases, context=3.5) > 0.96
