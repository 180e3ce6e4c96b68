"""Simulated readers: bias moves borders, contrast decides what is seen."""

import numpy as np

from isocenter.core.grid import plain_grid
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.phantoms.raters import Rater, read_findings, read_mask, read_points

GRID = plain_grid((100, 100))


def rater(**habits):
    plain = {"bias": 0.0, "spread": 0.0, "smooth": 0.05, "half_seen": 0.5, "slope": 1000.0, "false_rate": 0.0}
    return Rater(name="r", **{**plain, **habits})


def disk(radius):
    x, y = np.meshgrid(np.arange(100), np.arange(100), indexing="ij")
    return held_mask((np.hypot(x - 50, y - 50) < radius).astype(np.uint8), GRID, ("background", "disk"))


def area(mask):
    return int(mask.region("disk").sum())


def test_a_reader_without_bias_or_spread_draws_the_truth(rng):
    assert area(read_mask(disk(20), rater(), rng)) == area(disk(20))


def test_bias_moves_the_border_by_its_share_of_the_width(rng):
    drawn = read_mask(disk(20), rater(bias=0.03), rng)
    assert abs(np.sqrt(area(drawn) / np.pi) - 23) < 0.7


def test_spread_makes_two_readings_differ(rng):
    first, second = (read_mask(disk(20), rater(spread=0.02), rng) for _ in range(2))
    assert (first.region("disk") != second.region("disk")).any()


def test_an_absent_class_stays_absent(rng):
    assert area(read_mask(disk(0), rater(bias=0.1), rng)) == 0


def test_lesions_over_the_contrast_are_seen_and_those_under_it_are_not(rng):
    truth = Points(
        world=np.zeros((2, 2)), kind=np.zeros(2, np.intp), score=np.full(2, np.nan), names=("n",), extent=np.ones((2, 2))
    )
    assert len(read_points(truth, [0.9, 0.1], rater(), rng)) == 1


def test_findings_are_invented_at_the_false_rate(rng):
    truth = Scores(p=np.zeros(400), names=tuple(str(k) for k in range(400)))
    assert read_findings(truth, {}, rater(), rng).p.sum() == 0
    assert abs(read_findings(truth, {}, rater(false_rate=0.25), rng).p.mean() - 0.25) < 0.08


def test_half_are_seen_at_the_contrast_of_half():
    assert rater(slope=10.0).sees(0.5) == 0.5
