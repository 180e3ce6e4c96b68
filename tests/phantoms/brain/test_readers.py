"""Readers of spaces: thresholds decide, wander is the person's and the day's."""

import numpy as np
import pytest

from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.brain.readers import draw_chance, read_spaces
from isocenter.phantoms.perivascular import draw_person
from isocenter.phantoms.phantom import Seeds

P = PHANTOMS.get("perivascular").parameters
SURE = {**P["readers"], "unsure_mm": 0.0, "false_rate": 0.0}
PLAIN = {"person": 1, "reading": 1, "bias_mm": 0.0, "factor": 1.0}
SIZES = np.linspace(0.5, 3.0, 26)


def read(wander=0.0, habits=SURE, seeds=None, sizes=SIZES, **reader):
    who = {**PLAIN, **reader}
    return read_spaces(habits, who, wander, sizes, draw_chance(habits, who, len(sizes), seeds or Seeds()))


def test_without_wander_what_is_thicker_than_the_threshold_is_seen():
    threshold = SURE["half_seen_mm"]
    assert read().count == (threshold < SIZES).sum()
    assert read(bias_mm=1.0).count == (threshold + 1 < SIZES).sum()
    assert not read().seen[threshold >= SIZES].any()


def test_the_same_reader_reads_the_same_scan_alike_and_a_rescan_otherwise():
    same = [read(1.0, seeds=Seeds(acquisition=7)).count for _ in range(2)]
    assert same[0] == same[1]
    assert len({read(1.0, seeds=Seeds(acquisition=k)).count for k in range(12)}) > 1


def test_a_reader_agrees_with_himself_more_than_with_another():
    habits = {**SURE, "of_the_day": 0.2}

    def spread(**other):
        return np.mean(
            [
                abs(read(1.0, habits, Seeds(anatomy=k)).count - read(1.0, habits, Seeds(anatomy=k), **other).count)
                for k in range(200)
            ]
        )

    assert spread(reading=2) < 0.85 * spread(person=2)


def test_false_marks_come_at_their_rate():
    marks = [read(habits={**SURE, "false_rate": 0.5}, seeds=Seeds(anatomy=k)).false_marks for k in range(400)]
    assert np.mean(marks) == pytest.approx(0.5, abs=0.12)


def test_nothing_to_see_is_counted_zero():
    assert read(1.0, sizes=np.zeros(0)).count == 0


PUBLISHED = {"midbrain": 0.75, "hippocampi": 0.82, "basal_ganglia": 0.62, "centrum_semiovale": 0.80}


@pytest.mark.slow
@pytest.mark.parametrize("region", PUBLISHED)
def test_two_readers_agree_as_the_published_ones_did(region):
    """ICC of absolute agreement, single readings; 400 persons, no images."""
    pairs = []
    for k in range(400):
        seeds = Seeds(anatomy=k, demographics=k, acquisition=k)
        sizes = np.array([space.diameter_mm for space in draw_person(P, seeds, region).spaces])
        for who in ("first", "second"):
            chance = draw_chance(P["readers"], P["raters"][who], len(sizes), seeds)
            pairs.append(
                read_spaces(P["readers"], P["raters"][who], P["readers"]["wander_mm"]["count"][region], sizes, chance).count
            )
    x = np.array(pairs, float).reshape(-1, 2)
    n, rows, columns = len(x), x.mean(1), x.mean(0)
    between, raters = 2 * rows.var(ddof=1), n * columns.var(ddof=1)
    rest = ((x - rows[:, None] - columns + x.mean()) ** 2).sum() / (n - 1)
    found = (between - rest) / (between + rest + 2 * (raters - rest) / n)
    assert found == pytest.approx(PUBLISHED[region], abs=0.1)
