"""Thin slices of every patient's own thickness: answers on the usual one are measured on each truth's samples."""

import csv

import numpy as np
from scipy.ndimage import gaussian_filter

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.imaging.degradation.thick_slices import DEGRADATION
from isocenter.io.write import write_image
from isocenter.stages.run import run

STUDY = """
name: stacks
cases: cases.csv
inputs: {thick: thick}
targets: [{name: thin, type: image, columns: thin}]
method: spline_interpolation
baselines: [identity_image]
split: {tune: 0.5, test: 0.0}
"""


def test_slices_of_many_thicknesses_are_measured(tmp_path):
    rows = []
    for i in range(8):
        rng = np.random.default_rng(i)
        depth, step = (24, 2.0) if i % 2 else (30, 1.6)
        samples = 100 + 400 * gaussian_filter(rng.standard_normal((12, 12, depth)), (2, 2, 4.0 / step))
        thin = held_image(samples.astype(np.float32)[None], plain_grid(samples.shape, spacing=(2, 2, step), world="ras_mm"))
        write_image(thin, tmp_path / f"thin_{i}.nii.gz")
        write_image(DEGRADATION.apply(thin, seed=i, thickness_mm=8.0, profile="box"), tmp_path / f"thick_{i}.nii.gz")
        rows.append({"case": f"c{i}", "patient": f"p{i}", "thick": f"thick_{i}.nii.gz", "thin": f"thin_{i}.nii.gz"})
    with open(tmp_path / "cases.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    made = run(tmp_path / "study.yaml", out=tmp_path / "run")
    errors = {e.who: e for e in made.estimates() if e.name == "image_error"}
    assert errors["model"].cases == 4  # of both thicknesses
    assert 0 < errors["model"].value < errors["baseline:identity_image"].value
