"""A number speaks of what was assessed: the labeled slice or region, and nothing outside."""

import numpy as np
from PIL import Image as Picture

from isocenter.stages.run import run

from .disc_study import write_discs


def test_outside_the_labeled_slice_a_mask_is_neither_learned_nor_measured(tmp_path):
    study = write_discs(tmp_path / "study")
    rows = []
    for i in range(12):
        path = tmp_path / "study" / f"label_{i}.png"
        label = np.asarray(Picture.open(path))
        row = int(label.sum(axis=1).argmax())  # the last axis of a picture runs down: its widest row
        wrong = 255 - label
        wrong[row] = label[row]
        Picture.fromarray(wrong).save(path)
        rows.append(str(row))
    table = (tmp_path / "study" / "cases.csv").read_text().splitlines()
    scoped = [f"{line},{extra}" for line, extra in zip(table, ["row", *rows], strict=True)]
    (tmp_path / "study" / "cases.csv").write_text("\n".join(scoped) + "\n")
    study.write_text(study.read_text().replace("type: mask,", "type: mask, scope: 'slice:row',"))
    study.write_text("\n".join(line for line in study.read_text().splitlines() if not line.startswith("settings")) + "\n")
    folder = run(study, out=tmp_path / "run", settings={"method": "threshold"})
    (dice,) = (e.value for e in folder.estimates() if e.who == "model" and e.name == "dice" and e.group == "all")
    assert dice > 0.8
