"""A generator that hands out what it learned from is caught; one that draws from mean and covariance is not."""

import csv

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isocenter.audits.audit import NotForThisRun, audit
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.io.write import write_image
from isocenter.stages.run import run

STUDY = """
name: pictures
cases: cases.csv
inputs: {{picture: image}}
method: {method}
settings: {{side: 16}}
split: {{tune: 0.4}}
"""


def generator(home, method, count=120):
    rows = []
    for i in range(count):
        rng = np.random.default_rng(i)
        field = gaussian_filter(rng.standard_normal((16, 16)), 2, mode="wrap")
        samples = np.clip(128 + 200 * field, 0, 255).astype(np.uint8)[None]
        write_image(held_image(samples, plain_grid((16, 16))), home / f"p{i}.png")
        rows.append({"case": f"p{i}", "patient": f"p{i}", "image": f"p{i}.png"})
    with open(home / "cases.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (home / "study.yaml").write_text(STUDY.format(method=method), encoding="utf-8")
    return run(home / "study.yaml", out=home / "run")


def test_handing_out_learning_images_is_a_failure_with_the_pairs_named(tmp_path):
    made = generator(tmp_path, "learning_images")
    (finding,) = audit(made.path, ["memorization"])
    assert finding.severity == "failure"
    assert finding.evidence[0].value > 0.9
    with (made.path / "memorization.csv").open(newline="", encoding="utf-8") as file:
        first = next(csv.DictReader(file))
    assert float(first["distance_features"]) < 0.2  # the very picture, but for the learning frame's range
    assert (made.path / "figures/memorization.png").stat().st_size > 1000


def test_drawing_from_mean_and_covariance_is_none(tmp_path):
    made = generator(tmp_path, "pca_gaussian")
    (finding,) = audit(made.path, ["memorization"])
    assert finding.severity == "note"
    assert finding.evidence[0].value <= 0.05


def test_too_few_held_out_images_say_nothing(tmp_path):
    made = generator(tmp_path, "pca_gaussian", count=30)
    with pytest.raises(NotForThisRun, match="20 held-out images"):
        audit(made.path, ["memorization"])
