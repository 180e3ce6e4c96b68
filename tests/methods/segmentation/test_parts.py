"""Boxes and counts beside a mask: what the map holds possible, the surest first."""

import csv

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Study
from isocenter.io.write import write_image, write_mask
from isocenter.methods.segmentation._parts import find_parts, scored_parts
from isocenter.stages.run import run

TARGETS = [
    {"name": "bleed", "type": "mask", "columns": "bleed", "classes": ["background", "bleed"]},
    {
        "name": "bleeds",
        "type": "boxes",
        "columns": "bleed",
        "instances": "parts",
        "classes": ["bleed"],
        "use": "score",
        "metrics": ["cpm"],
    },
    {"name": "number", "type": "count", "columns": "bleed", "instances": "parts", "classes": ["bleed"], "use": "score"},
]
FIELDS = {"name": "s", "cases": "cases.csv", "inputs": {"ct": "ct"}}


def test_decided_parts_come_with_half_and_more_and_possible_ones_with_less():
    probability = np.zeros((30, 30))
    probability[2:6, 2:6] = 0.9
    probability[6:8, 2:6] = 0.3  # its own border is no candidate
    probability[20:24, 20:23] = 0.4
    probability[12, 12] = 0.05
    found = find_parts(probability >= 0.5, probability, plain_grid((30, 30)))
    assert found.score.tolist() == pytest.approx([0.9, 0.4])
    np.testing.assert_allclose(found.box, [[3.5, 3.5], [21.5, 21.0]])
    np.testing.assert_allclose(found.extent, [[4, 4], [4, 3]])
    assert len(find_parts(probability > 2, probability * 0, plain_grid((30, 30))).score) == 0


def test_only_parts_of_the_masks_own_classes_are_answered():
    study = Study.model_validate({**FIELDS, "targets": TARGETS})
    assert [t.name for t in scored_parts(study, study.targets[0])] == ["bleeds", "number"]
    other = Study.model_validate({**FIELDS, "targets": [TARGETS[0], {**TARGETS[1], "classes": ["tumor"]}]})
    assert scored_parts(other, other.targets[0]) == ()


def test_parts_of_masks_are_no_parts_themselves():
    with pytest.raises(ValueError, match="instances: parts fits"):
        Study.model_validate({**FIELDS, "targets": [{**TARGETS[0], "instances": "parts"}]})


def test_a_network_of_masks_answers_boxes_and_counts(tmp_path):
    rng, rows, grid = np.random.default_rng(0), [], plain_grid((32, 32))
    for i in range(14):
        mask = np.zeros((32, 32), np.uint8)
        for x, y in rng.permutation([(4, 4), (4, 20), (20, 4), (20, 20)])[: 1 + i % 3]:
            mask[x : x + 6, y : y + 6] = 1
        samples = np.clip(60 + 120 * mask + rng.normal(0, 10, mask.shape), 0, 255).astype(np.uint8)
        write_image(held_image(samples[None], grid), tmp_path / f"i{i}.png")
        write_mask(held_mask(mask, grid, ("background", "bleed")), tmp_path / f"m{i}.png")
        rows.append({"case": f"c{i}", "patient": f"p{i}", "ct": f"i{i}.png", "bleed": f"m{i}.png"})
    with open(tmp_path / "cases.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    targets = str(TARGETS).replace("'", "")
    shape = "patch: [32, 32], widths: [8, 16], strides: [[1, 1], [2, 2]], kernels: [[3, 3], [3, 3]]"
    settings = f"{{{shape}, steps: 40, batch: 4, learning_rate: 0.01, precision: float32, compiled: false}}"
    head = "name: s\ncases: cases.csv\ninputs: {ct: ct}\nsplit: {tune: 0.3, test: 0}\n"
    (tmp_path / "study.yaml").write_text(f"{head}targets: {targets}\nsettings: {settings}\n", encoding="utf-8")
    made = run(tmp_path / "study.yaml", out=tmp_path / "run")
    of_model = {(e.target, e.name): e.value for e in made.estimates() if e.who == "model"}
    assert of_model["bleed", "dice"] > 0.8
    assert of_model["bleeds", "cpm"] > 0.8
    assert of_model["number", "absolute_error"] < 1.0
