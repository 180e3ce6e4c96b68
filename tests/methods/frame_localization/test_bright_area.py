"""Bright area and mean frame on series whose widest and narrowest times are known."""

import dataclasses

import numpy as np
import pytest

from isocenter.core.case import CaseList
from isocenter.core.errors import StudyError
from isocenter.methods.frame_localization.bright_area import LARGEST, SMALLEST, bright_areas, extreme
from isocenter.methods.registry import methods_of

from ..in_memory import fit, series_tracer

METHODS = methods_of("frame_localization")


def beating(radius):
    """A bright disk whose radius changes, beside a bright square that stays."""
    x, y = np.meshgrid(np.arange(48), np.arange(48), indexing="ij")
    frames = np.stack([np.hypot(x - 30, y - 26) < r for r in radius]).astype(np.float32)
    frames[:, 2:12, 2:12] = 1
    return frames[:, None]


def test_the_area_follows_what_moves_and_not_what_stays():
    radius = 9 + 3 * np.cos(2 * np.pi * (np.arange(20) - 4) / 20)
    curve = bright_areas(beating(radius))
    assert extreme(curve, LARGEST) == 4
    assert extreme(curve, SMALLEST) == 14
    assert curve.max() < 600  # the square of 100 is not counted with the disk of 450


def test_where_nothing_moves_the_curve_is_flat():
    assert np.ptp(bright_areas(beating(np.full(6, 8.0)))) == 0


def test_largest_and_smallest_are_chosen_by_the_learning_cases(tmp_path):
    study, cases = series_tracer()
    model = fit(METHODS.get("bright_area"), study, cases, tmp_path)
    assert model.data["learned"] == [LARGEST, SMALLEST]


def test_the_mean_frame_is_a_share_of_the_series(tmp_path):
    study, cases = series_tracer()
    model = fit(METHODS.get("mean_frame"), study, cases, tmp_path)
    learn = [cases[key] for key in list(cases.keys)[:16]]
    shares = [case.labels["narrowest"].value / len(case.inputs["cine"].grid.times_s) for case in learn]
    last = next(iter(model.predict([learn[-1]], scratch=tmp_path)))
    assert last.answers["narrowest"].value == round(np.mean(shares) * len(learn[-1].inputs["cine"].grid.times_s))


@pytest.mark.parametrize("name", ["bright_area", "mean_frame"])
def test_a_case_without_a_series_is_refused_and_the_stream_goes_on(name, tmp_path):
    study, cases = series_tracer()
    model = fit(METHODS.get(name), study, cases, tmp_path)
    empty = dataclasses.replace(cases["s0"], inputs={})
    first, second = model.predict([empty, cases["s1"]], scratch=tmp_path)
    assert "series" in first.refused
    assert second.answers


@pytest.mark.parametrize("name", ["bright_area", "mean_frame"])
def test_without_labels_there_is_nothing_to_learn(name, tmp_path):
    study, cases = series_tracer()
    bare = CaseList([dataclasses.replace(cases[key], labels={}) for key in cases.keys])
    with pytest.raises(StudyError, match="label of target"):
        fit(METHODS.get(name), study, bare, tmp_path)
