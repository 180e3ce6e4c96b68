"""Starts compared as arms: random and from a run, frozen and not, on the same cases with equal steps."""

import pytest

from isocenter.phantoms.tracer.tracer import tracer
from isocenter.stages.compare import compare
from isocenter.stages.run import run

from .tracer_files import write_tracer

SETTINGS = {"steps": 3, "size": [16, 16], "precision": "float32", "encoder_settings": {"widths": [4, 8]}}


@pytest.mark.slow
def test_starts_are_arms_that_compare_in_pairs(tmp_path):
    study, cases = tracer("count")
    study = study.model_copy(update={"method": "cnn", "settings": SETTINGS})
    begun = run(write_tracer(study, cases, tmp_path / "first"), out=tmp_path / "begun")
    varied = study.model_copy(update={"vary": {"start": ("", str(begun.path)), "frozen": (False, True)}})
    done = run(write_tracer(varied, cases, tmp_path / "second"), out=tmp_path / "run")
    arms = done.inners("arm")
    assert len(arms) == 4
    rows = compare([done.path])
    assert len(rows) == 4
    assert all(row.patients == rows[0].patients and row.effect is not None for row in rows[1:])
    plans = {arm.path.name: arm.read_json("plan.json", stage="plan") for arm in arms}
    assert {plan["steps"] for plan in plans.values()} == {3}
    assert sum("random weights: an arm" in " ".join(plan["warnings"]) for plan in plans.values()) == 1
