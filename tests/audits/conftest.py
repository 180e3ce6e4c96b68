"""One small run that several audits ask: squares counted in the second of two views, by weights set by hand."""

import csv

import numpy as np
import pytest
import torch

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Study
from isocenter.io.study_file import write_study
from isocenter.io.write import write_image, write_mask
from isocenter.stages.answer import load_model
from isocenter.stages.fingerprint import fingerprint
from isocenter.stages.plan import plan
from isocenter.stages.run_cases import start_run
from isocenter.stages.skipping import Skips
from isocenter.stages.split import split
from isocenter.stages.train import train

SHAPE = (24, 24)
PATIENTS = 28


@pytest.fixture(scope="session")
def squares(tmp_path_factory):
    """A trained run: `side` shows 0 to 3 bright squares, `front` shows noise; a marker lies in a corner of both.

    The network is given weights after a step of training: it counts what is bright in `side` and never looks at `front`. The older
    have more squares; the second reader errs by one now and then.
    """
    folder = tmp_path_factory.mktemp("squares")
    rng = np.random.default_rng(0)
    grid = plain_grid(SHAPE)
    rows = []
    for i in range(PATIENTS):
        count = i % 4
        squares = np.zeros(SHAPE, np.uint8)
        for cell in rng.permutation(4)[:count]:
            x, y = 3 + 11 * (cell // 2) + rng.integers(0, 4), 3 + 11 * (cell % 2) + rng.integers(0, 4)
            squares[x : x + 4, y : y + 4] = 1
        marker = np.zeros(SHAPE, np.uint8)
        marker[:3, :3] = 1
        for name, shown in (("side", 90 * squares), ("front", 0 * squares)):
            samples = np.clip(60 + shown + 60 * marker + rng.normal(0, 8, SHAPE), 0, 255).astype(np.uint8)
            write_image(held_image(samples[None], grid), folder / f"{i}_{name}.png")
        write_mask(held_mask(squares, grid, ("ground", "square")), folder / f"{i}_squares.png")
        write_mask(held_mask(marker, grid, ("ground", "marker")), folder / f"{i}_marker.png")
        rows.append(
            {
                "case": f"c{i}",
                "patient": f"p{i}",
                "front": f"{i}_front.png",
                "side": f"{i}_side.png",
                "n_first": str(count),
                "n_second": str(max(0, count + int(rng.integers(-1, 2)))),
                "squares": f"{i}_squares.png",
                "marker": f"{i}_marker.png",
                "age": f"{50 + 5 * count + rng.normal(0, 4):.1f}",
            }
        )
    with (folder / "cases.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    study = Study.model_validate(
        {
            "name": "squares",
            "cases": "cases.csv",
            "inputs": {"front": "front", "side": "side"},
            "targets": [
                {"name": "n", "type": "count", "columns": "n", "unit": "squares", "raters": ["first", "second"]},
                {"name": "lies", "type": "mask", "columns": "squares", "classes": ["ground", "square"], "use": "score"},
                {"name": "marks", "type": "mask", "columns": "marker", "classes": ["ground", "marker"], "use": "score"},
            ],
            "covariates": ["age"],
            "method": "cnn",
            "settings": {
                "steps": 1,
                "batch": 4,
                "size": [24, 24],
                "encoder_settings": {"widths": [1]},
                "schemes": ["none", "none"],
            },
            "split": {"test": 0.1, "tune": 0.6},
        }
    )
    done = start_run(write_study(study, folder / "study.yaml"), folder / "run")
    split(done)
    fingerprint(done, skips=Skips(done))
    plan(done, minutes=0.1, preset="small")
    train(done)
    model = load_model(done, study)
    plant(model.network, model.heads["n"])
    model.save(done.path / "model")
    return done


def plant(network, head):
    """Count what is above 100 in the second view: a square is 16 samples of about 150, the marker 9 of about 120."""
    each, marker = 16 * 50 / np.prod(SHAPE), 9 * 20 / np.prod(SHAPE)
    scale = 1 / (each * head.deviation)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        first, second = (m for m in network.modules() if isinstance(m, torch.nn.Conv2d))
        first.weight[0, 1, 1, 1] = 1.0
        second.weight[0, 0, 1, 1] = 1.0
        norms = [m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
        for norm in norms:
            norm.weight.fill_(1.0)
            norm.running_mean.zero_()
            norm.running_var.fill_(1.0)
        norms[0].bias.fill_(-100.0)
        network.heads["n"].weight.fill_(scale)
        network.heads["n"].bias.fill_(-head.mean / head.deviation - marker * scale)
