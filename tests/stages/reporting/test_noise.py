"""The report of a restoration shows the noise of input, true image and answers; other reports do not."""

import csv

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.io.write import write_image
from isocenter.stages.run import run

STUDY = """
name: restored
cases: cases.csv
inputs: {degraded: degraded}
targets: [{name: clean, type: image, columns: clean}]
method: total_variation
baselines: [identity_image, non_local_means]
split: {tune: 0.5}
"""


@pytest.fixture(scope="module")
def restored(tmp_path_factory):
    home = tmp_path_factory.mktemp("restored")
    rows = []
    for i in range(4):
        rng = np.random.default_rng(i)
        clean = np.zeros((1, 48, 48), np.float32)
        clean[:, 8:40, 8:40] = 1000 + 2 * rng.standard_normal((32, 32))
        for name, sd in (("clean", 0.0), ("degraded", 40.0)):
            samples = clean + sd * rng.standard_normal(clean.shape).astype(np.float32)
            write_image(held_image(samples, plain_grid((48, 48))), home / f"{i}_{name}.tif")
        rows.append({"case": f"c{i}", "patient": f"p{i}", "clean": f"{i}_clean.tif", "degraded": f"{i}_degraded.tif"})
    with (home / "cases.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (home / "study.yaml").write_text(STUDY, encoding="utf-8")
    return run(home / "study.yaml", out=home / "run")


def test_the_spectra_are_a_figure_of_the_report(restored):
    assert (restored.path / "figures" / "noise_power.png").stat().st_size > 1000
    page = (restored.path / "report.html").read_text(encoding="utf-8")
    assert "Noise power" in page
    assert "flat squares of 2 cases" in page
