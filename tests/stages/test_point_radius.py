"""One radius for points: what the study asks, else half the usual diameter of the objects; for choosing as for judging."""

import pytest

from isocenter.core.case import CaseList
from isocenter.core.plan import Plan
from isocenter.core.study import Study, Target
from isocenter.methods._radius import radius_of, size_of
from isocenter.methods.localization._density_plan import plan_density
from isocenter.methods.localization.watershed import WatershedConfig
from isocenter.stages.compare import compare
from isocenter.stages.run import run

from ..methods.in_memory import fingerprint_of
from ..methods.localization.test_counters import blobs
from ..methods.localization.test_counters import study as counting
from .dotted_study import RADIUS, write_dotted

CELLS = Target(name="cells", type="points", columns="dots")
SIXTEEN = {"targets": {"cells": {"size": {"p10": 10.0, "median": 16.0, "p90": 20.0}}}}


def study(*metrics, of_study=()):
    target = CELLS.model_copy(update={"metrics": metrics})
    return Study(name="s", cases="c.csv", inputs={"i": "i"}, targets=[target], metrics=of_study), target


@pytest.mark.parametrize(
    ("metrics", "of_study", "seen", "expected"),
    [
        ((), (), {}, 5.0),
        ((), (), {"targets": {"cells": {"size": None}}}, 5.0),
        ((), (), SIXTEEN, 8.0),
        (("point_f1",), (), SIXTEEN, 8.0),
        (("point_f1_at(3)",), (), SIXTEEN, 3.0),
        ((), ("point_f1_at(4)",), SIXTEEN, 4.0),
        (("point_f1_at(3)",), ("point_f1_at(4)",), SIXTEEN, 3.0),
    ],
)
def test_the_studys_radius_wins_then_half_the_objects_then_the_default(metrics, of_study, seen, expected):
    asked, target = study(*metrics, of_study=of_study)
    found = radius_of(asked, target, size=size_of(seen, target))
    assert found.value == expected
    assert found.why


def radii(done):
    """The radius of the metric, and that of the choice of the watershed."""
    table = done.measurements()
    said = set(table.loc[table["name"] == "point_f1", "method"])
    places = [done, *done.inners("fold")]
    plans = [p.inner("baseline", "watershed").read(Plan) for p in places if p.exists("plan.json")]
    return said, {plan.config(WatershedConfig).radius for plan in plans}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"boxes": True}, RADIUS),
        ({"numbered": True}, RADIUS + 0.5),
        ({"boxes": True, "target": ", metrics: [point_f1_at(2)]"}, 2),
        ({}, 5),
    ],
)
def test_points_are_chosen_and_judged_within_one_radius_which_is_printed(told, expected, tmp_path):
    more = "method: mean_count\nbaselines: [watershed]\nsplit: {folds: 2}\n"
    done = run(write_dotted(tmp_path, more=more, **told), out=tmp_path / "run")
    said, chosen = radii(done)
    assert said == {f"points paired within {expected:g} world units (Hungarian), answers of score >= 0.5"}
    assert chosen == {expected}
    assert f"within {expected:g} world units" in (done.path / "report.html").read_text(encoding="utf-8")


def test_runs_that_paired_within_other_radii_are_measured_again_before_they_are_compared(tmp_path):
    made = []
    for name, radius in (("wide", 4), ("narrow", 0.01)):
        path = write_dotted(
            tmp_path / name, target=f", metrics: [point_f1_at({radius})]", more="method: watershed\nbaselines: [mean_count]\n"
        )
        made.append(run(path, out=tmp_path / f"run_{name}").path)
    wide, narrow = compare(made)
    assert (wide.value, narrow.value) == (1.0, 1.0)  # the same model; at its own radius the second finds nothing
    assert narrow.effect == 0.0
    back = compare(made[::-1])
    assert back[1].value == back[0].value < 1.0


def test_the_plan_of_a_density_says_why_its_radius():
    seen = dict(fingerprint_of(counting(), CaseList([blobs(f"b{i}", 4, seed=i) for i in range(4)])))
    seen["targets"] = {"cells": {**seen["targets"]["cells"], **SIXTEEN["targets"]["cells"]}}
    plan = plan_density(counting(), seen, minutes=0.05, gigabytes=4.0)
    (setting,) = [s for s in plan.settings if s.name == "radius"]
    assert (setting.value, setting.origin) == (8.0, "rule")
    assert "half the median diameter" in setting.reason
