"""White-matter lesions: each numbered, of known size, bright in FLAIR; lacunes are none."""

import csv

import numpy as np
import pytest

from isocenter.imaging.parts import parts_of
from isocenter.metrics.lesions import size_class
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.phantom import Seeds
from isocenter.stages.phantom import write_phantom

WHITE = PHANTOMS.get("white_lesions")
SEEDS = Seeds(anatomy=2, disease=2, demographics=2)


@pytest.fixture(scope="module")
def ill():
    return WHITE.draw(SEEDS, disease=True, scanner="sharp", raters=("first", "second"))


def numbers(case):
    return case.truths["lesions"].objects.array()[0]


def clean(case, name):
    return case.clean[name].array()[0].astype(float)


def test_every_lesion_has_its_samples_and_a_row(ill):
    held = numbers(ill)
    assert set(np.unique(held)) == set(range(len(ill.lesions) + 1))
    assert ill.truths["lesion_count"].value == len(ill.lesions) > 10
    assert [row["voxels"] for row in ill.lesions] == [(held == k + 1).sum() for k in range(len(ill.lesions))]
    assert all(row["size"] == size_class(row["diameter_mm"], "mm") for row in ill.lesions)
    assert {row["size"] for row in ill.lesions} == {"small", "medium", "large"}


def test_a_lesion_is_one_piece(ill):
    held = numbers(ill)
    pieces = [parts_of(held == k).max() for k in range(1, len(ill.lesions) + 1)]
    assert np.mean(np.array(pieces) == 1) > 0.9  # a wandering border may cut off a sample


def test_the_place_of_a_row_is_that_of_its_samples(ill):
    grid = ill.inputs["flair"].grid
    row = max(ill.lesions, key=lambda r: r["voxels"])
    index = np.rint(grid.to_index(np.array([[row["x_mm"], row["y_mm"], row["z_mm"]]]))[0]).astype(int)
    assert numbers(ill)[tuple(index)] == ill.lesions.index(row) + 1


def test_lesions_are_bright_in_flair_and_t2_and_the_large_ones_dark_in_t1(ill):
    large = np.isin(
        numbers(ill), [k + 1 for k, row in enumerate(ill.lesions) if row["size"] == "large" and row["kind"] == "plaque"]
    )
    white = ill.truths["tissues"].region("white") & (numbers(ill) == 0)
    ratio = {name: np.median(clean(ill, name)[large]) / np.median(clean(ill, name)[white]) for name in ("flair", "t1", "t2")}
    assert ratio["flair"] > 1.2
    assert ratio["t2"] > 1.3
    assert ratio["t1"] < 0.9


def test_they_are_few_in_a_thousand_samples(ill):
    brain = ill.truths["tissues"].labels.array()[0] > 0
    assert 0.0002 < (numbers(ill) > 0).sum() / brain.sum() < 0.02


def test_the_load_is_that_of_the_mask(ill):
    voxel = np.prod(ill.inputs["t1"].grid.spacing)
    assert ill.truths["lesion_load"].value == pytest.approx((numbers(ill) > 0).sum() * voxel / 1000)


def test_the_healthy_have_few_small_ones():
    case = WHITE.draw(SEEDS, disease=False)
    assert len(case.lesions) < 10
    assert all(row["drawn_mm"] <= 5 for row in case.lesions)


def test_readers_miss_the_small_more_than_the_large():
    rates = {"small": [], "large": []}
    for k in range(4):
        case = WHITE.draw(Seeds(anatomy=k, disease=k, demographics=k), disease=True, raters=("second",))
        seen = set(np.unique(case.raters["second"]["lesions"].objects.array()[0]))
        for number, row in enumerate(case.lesions, start=1):
            if row["size"] in rates:
                rates[row["size"]].append(number in seen)
    assert np.mean(rates["small"]) < np.mean(rates["large"])


def test_more_lesions_may_be_asked_for():
    few, many = (WHITE.draw(SEEDS, disease=True, lesions=n) for n in (2, 60))
    assert len(few.lesions) < len(many.lesions)


def test_its_study_asks_for_numbered_lesions_and_lesion_wise_numbers(tmp_path):
    study = write_phantom("white_lesions", tmp_path, n=1, options={"size": 48})
    text = study.read_text(encoding="utf-8")
    assert "lesion_f1" in text
    assert "instances: true" in text
    with open(next((tmp_path / "lesions").glob("*.csv")), newline="", encoding="utf-8") as file:
        assert {"kind", "size", "diameter_mm"} <= set(csv.DictReader(file).fieldnames or ())
