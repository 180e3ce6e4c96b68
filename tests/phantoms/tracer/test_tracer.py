"""What every tracer keeps to."""

from collections import Counter
from typing import get_args

import numpy as np
import pytest

from isocenter.core.image import Image
from isocenter.core.value import Kind
from isocenter.phantoms.tracer.places import SHIFT_MM
from isocenter.phantoms.tracer.tracer import DRAWERS, structure_tracer, tracer

KINDS = get_args(Kind)


def test_there_is_a_tracer_for_every_kind():
    assert set(DRAWERS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_it_asks_for_its_kind_and_is_tiny(kind):
    study, cases = tracer(kind)
    assert [t.type for t in study.targets if t.use == "learn"] == [kind]
    assert len({case.patient for case in cases}) >= 24
    for case in cases:
        for shown in case.inputs.values():
            for image in shown if isinstance(shown, tuple) else (shown,):
                assert isinstance(image, Image)
                assert max(image.grid.shape) <= 24


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_cases_and_another_seed_others(kind):
    def pixels(seed):
        shown = next(iter(next(iter(tracer(kind, seed)[1])).inputs.values()))
        return (shown[0] if isinstance(shown, tuple) else shown).array()

    np.testing.assert_array_equal(pixels(3), pixels(3))
    assert (pixels(3) != pixels(4)).any()


@pytest.mark.parametrize("kind", KINDS)
def test_strata_of_labeled_patients_are_equally_large_or_two_to_one(kind):
    study, cases = tracer(kind)
    target = study.targets[0]
    strata = Counter({case.patient: case.covariates["stratum"] for case in cases if target.name in case.labels}.values())
    sizes = sorted(strata.values())
    assert sizes[-1] in (sizes[0], 2 * sizes[0])


def test_the_nouns_are_shown():
    mask, _ = tracer("mask")
    assert mask.targets[0].raters == ("first", "second")
    assert mask.targets[0].region == "view"
    assert tracer("points")[0].targets[0].scope == "slice:level"
    assert any("contrast" not in case.inputs for case in tracer("mask")[1])
    assert any(t.use == "score" for t in tracer("count")[0].targets)
    assert all(isinstance(case.inputs["slices"], tuple) for case in tracer("class")[1])
    assert any("tumor" not in case.labels for case in tracer("class")[1])
    assert any(np.isnan(case.labels["findings"].p).any() for case in tracer("multilabel")[1])
    assert len(tracer("proportion")[0].targets[0].columns) == 2
    assert Counter(case.patient for case in tracer("value")[1]).most_common(1)[0][1] == 2


@pytest.mark.parametrize(("kind", "task"), [("boxes", "organ_localization"), ("points", "landmark_localization")])
def test_structures_come_one_of_each_in_volumes_that_lie_anywhere(kind, task):
    study, cases = structure_tracer(kind)
    name = study.targets[0].name
    assert (study.task, study.targets[0].type) == (task, kind)
    zeros = [case.inputs["scan"].grid.to_world([[0, 0, 0]])[0] for case in cases]
    assert np.std(zeros, axis=0).min() > 50
    places = [case.labels[name] for case in cases]
    assert all(truth.kind.tolist() == [0, 1] and (truth.extent is None) == (kind == "points") for truth in places)
    apart = np.array([truth.world - zero for truth, zero in zip(places, zeros, strict=True)])
    assert np.abs(apart - apart.mean(axis=0))[..., 0] == pytest.approx(SHIFT_MM)
    assert np.ptp(apart, axis=0)[..., 1:] == pytest.approx(0.0, abs=1e-9)
