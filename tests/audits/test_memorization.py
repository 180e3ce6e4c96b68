"""A generator that hands out what it learned from is caught; one that draws from mean and covariance is not."""

import csv
import shutil

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isocenter.audits.audit import NotForThisRun, audit
from isocenter.audits.memorization import nearest
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.io.write import write_image
from isocenter.stages.run import run
from isocenter.stages.split import read_split

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
    assert "left out" not in finding.got
    ratio, of_new = (next(e for e in finding.evidence if e.name == f"distance_ratio_features{end}") for end in ("", "_of_new"))
    assert ratio.ci95[1] < of_new.ci95[0]
    with (made.path / "memorization.csv").open(newline="", encoding="utf-8") as file:
        first = next(csv.DictReader(file))
    assert float(first["distance_features"]) < 0.2  # the very picture, but for the learning frame's range
    assert (made.path / "figures/memorization.png").stat().st_size > 1000


def test_drawing_from_mean_and_covariance_is_none(tmp_path):
    made = generator(tmp_path, "pca_gaussian")
    (finding,) = audit(made.path, ["memorization"])
    assert finding.severity == "note"
    assert finding.evidence[0].value <= 0.05
    ratios = {e.name: e for e in finding.evidence[1:]}
    assert set(ratios) == {f"distance_ratio_{space}{end}" for space in ("samples", "features") for end in ("", "_of_new")}
    for ratio in ratios.values():
        assert 0.8 < ratio.value < 1.2  # fields drawn anew lie as near to these as to those
        assert ratio.ci95[0] < ratio.value < ratio.ci95[1]


def test_a_held_out_image_that_is_a_learning_image_hides_no_copier(tmp_path):
    made = generator(tmp_path, "learning_images")
    parts = read_split(made)
    twin = parts.keys("tune")[3]
    shutil.copy(tmp_path / f"{parts.keys('learn')[5]}.png", tmp_path / f"{twin}.png")
    (finding,) = audit(made.path, ["memorization"])
    assert finding.severity == "failure"
    assert finding.evidence[0].value > 0.9
    assert f"1 held-out images that a learning image repeats ({twin})" in finding.got
    assert "one patient" in finding.do


def thumbnails(rng, count):
    return [held_image(gaussian_filter(rng.standard_normal((32, 32)), 3)[None], plain_grid((32, 32))) for _ in range(count)]


def noisy(rng, image, share):
    samples = image.array()
    return held_image(samples + share * samples.std() * rng.standard_normal(samples.shape), image.grid)


def test_the_very_image_is_a_copy_and_no_new_patient_however_the_rest_lies():
    rng = np.random.default_rng(0)
    known, new, other = thumbnails(rng, 60), thumbnails(rng, 30), thumbnails(rng, 3)
    new[4], new[9] = known[7], noisy(rng, known[8], 0.02)
    made = [known[1], noisy(rng, known[2], 0.02), *other]
    found = nearest(known, new, made, patients=[str(i) for i in range(30)])
    assert np.flatnonzero(found.repeated).tolist() == [4, 9]
    assert found.copied.tolist() == [True, True, False, False, False]
    assert found.index[:2].tolist() == [1, 2]
    assert found.of_new.shape == (2, 28)
    assert found.distances[:, 0].tolist() == [0, 0]


def test_images_of_one_patient_are_not_compared_with_one_another():
    rng = np.random.default_rng(0)
    known, new, made = thumbnails(rng, 30), thumbnails(rng, 20), thumbnails(rng, 2)
    twins = [*new, *(noisy(rng, image, 0.02) for image in new)]
    found = nearest(known, twins, made, patients=[str(i % 20) for i in range(40)])
    alone = nearest(known, new, made, patients=[str(i) for i in range(20)])
    assert found.of_new_to_new[0, :20] == pytest.approx(alone.of_new_to_new[0], rel=0.05)


def test_too_few_held_out_images_say_nothing(tmp_path):
    made = generator(tmp_path, "pca_gaussian", count=30)
    with pytest.raises(NotForThisRun, match="20 held-out images"):
        audit(made.path, ["memorization"])
