"""The plate phantom: counts are those of the dots, growth is that of the dose, a well is one colony at all its times."""

import numpy as np
import pandas as pd
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many, seeds_of
from isocenter.phantoms.phantom import Seeds
from isocenter.phantoms.plate.colony import grow
from isocenter.phantoms.plate.design import at_edge, plate_facts, wells_of
from isocenter.phantoms.plates import count_table

PLATES = PHANTOMS.get("plates")
P = PLATES.parameters
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)


def well(**options):
    return PLATES.draw(SEEDS, **{"plate": [1, 0], "well": "C05", "size_px": 64, **options})


def colony(rate, *, capacity=np.inf, seed=0, seeded=400, hours=48.0, death=0.003):
    rng = np.random.default_rng(seed)
    return grow(
        seeded=seeded, rate=rate, death=death, capacity=capacity, hours=hours, apart=(0.02, 0.06), rng=rng, most=20_000
    )  # fmt: skip


def test_a_colony_grows_as_fast_as_it_is_told():
    assert colony(np.log(2) / 24).count(48.0) == pytest.approx(1600, rel=0.12)


def test_a_colony_stops_at_its_capacity():
    full = colony(0.1, capacity=300, seeded=30, hours=200.0)
    assert full.count(200.0) == pytest.approx(300, rel=0.12)


def test_no_cell_is_born_after_it_died_and_all_lie_in_the_well():
    grown = colony(0.05, death=0.02)
    assert (grown.born_h < grown.died_h).all()
    assert ((grown.xy >= 0) & (grown.xy <= 1)).all()


def test_count_dots_and_numbered_cells_agree():
    case = well(hour=30.0)
    number = int(case.truths["count"].value)
    assert len(case.truths["dots"]) == number
    assert int(case.truths["cells"].objects.array().max()) <= number
    shown = len(np.unique(case.truths["cells"].objects.array())) - 1
    assert shown >= 0.9 * number  # of two that lie on one another, one may be hidden


def test_a_cell_stays_what_it_is_from_one_time_to_the_next():
    first, second = (well(hour=hour).truths["dots"].world for hour in (10.0, 10.5))
    gap = np.linalg.norm(first[:, None] - second[None], axis=2).min(1)
    assert np.median(gap) < 1.0


def test_cells_are_brighter_than_the_ground():
    case = well(hour=20.0, scanner="confocal")
    inside = case.truths["cells"].labels.array()[0] > 0
    grey = case.clean["picture"].array()[0].astype(float)
    assert grey[inside].mean() > grey[~inside].mean() + 20


def test_the_drug_slows_a_sensitive_line_and_no_other():
    options = {**PLATES.options, "doubling_h": 24.0}
    sensitive, resistant = (plate_facts(P, [3, 0], {**options, "disease": ill}) for ill in (True, False))
    rates = [sensitive.rate(dose) for dose in P["doses_um"]]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == pytest.approx(np.log(2) / 24)
    assert rates[-1] < 0.6 * rates[0]
    assert {resistant.rate(dose) for dose in P["doses_um"]} == {rates[0]}


def test_doses_are_dealt_equally_inside_and_at_the_edge():
    facts = plate_facts(P, [5, 0], PLATES.options)
    inside = pd.Series({w: facts.dose_um[w] for w in wells_of(P) if not at_edge(P, w)}).value_counts()
    assert set(inside) == {12}
    assert set(inside.index) == set(P["doses_um"])


def test_a_table_is_well_after_well_at_all_times():
    keys = [(c.covariates["well"], c.covariates["hours"], c.patient) for _, c in draw_many(PLATES, 6, 1, visits=3, size_px=32)]
    assert [k[0] for k in keys] == ["A01"] * 3 + ["A02"] * 3
    assert [k[1] for k in keys[:3]] == [0.0, 30.0, 60.0]
    assert len({k[2] for k in keys}) == 2


def test_a_time_lapse_is_taken_with_one_microscope():
    assert len({c.covariates["scanner"] for _, c in draw_many(PLATES, 8, 1, visits=4, size_px=32)}) == 1


def test_the_table_of_counts_is_that_of_the_pictures():
    drawn = [c.truths["count"].value for _, c in draw_many(PLATES, 6, 2, visits=3, size_px=32)]
    counted = [row["count"] for row, _ in zip(count_table(PLATES, times=3, seed=2), range(6), strict=False)]
    assert drawn == counted


def test_edge_wells_grow_slower_and_controls_as_the_truth_says():
    table = pd.DataFrame(count_table(PLATES, plates=6, times=2, seed=4, doubling_h=24.0, disease=False))
    ends = table.pivot(index=["plate", "well", "edge"], columns="hours", values="count").reset_index()
    doublings = np.log2(ends[60.0].sum() / ends[0.0].sum())
    grown = np.log2(ends[60.0] / ends[0.0]).groupby(ends["edge"]).mean()
    assert grown[1.0] < grown[0.0]
    inner = ends[ends["edge"] == 0]
    assert np.log2(inner[60.0].sum() / inner[0.0].sum()) == pytest.approx(60 / 24, rel=0.03)
    assert doublings < 60 / 24


def test_counters_miss_and_invent():
    case = well(hour=50.0, raters=("first", "second"))
    true = case.truths["count"].value
    first, second = (case.raters[name]["count"].value for name in ("first", "second"))
    assert {first, second} != {true}
    assert abs(first - true) < 0.2 * true
    assert seeds_of(0, 0) != seeds_of(0, 1)


@pytest.mark.parametrize(
    "wrong", [{"well": "Z99"}, {"hour": 1e6}, {"growth": "linear"}, {"size_px": 8}, {"doubling_h": -1.0}]
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(PlanError):
        well(**wrong)
