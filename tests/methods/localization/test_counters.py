"""What the classical counters and the density network say of pictures of blobs."""

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.case import Case, CaseList
from isocenter.core.errors import StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.points import Points
from isocenter.core.study import Study
from isocenter.methods.localization import area_count, mean_count, watershed

from ..in_memory import fit

SIDE = 64


def blobs(key, number, *, seed, kinds=1):
    """Bright discs of radius 3 that do not touch, on a noisy ground; the second kind is larger."""
    rng = np.random.default_rng(seed)
    x, y = np.indices((SIDE, SIDE))
    picture, places = rng.normal(20, 3, (SIDE, SIDE)), []
    while len(places) < number:
        place = rng.uniform(5, SIDE - 6, 2)
        if all(np.hypot(*(place - p)) > 11 for p in places):
            places.append(place)
    kind = np.arange(number) % kinds
    for (a, b), k in zip(places, kind, strict=True):
        picture[(x - a) ** 2 + (y - b) ** 2 <= (3 + k) ** 2] += 100
    points = Points(
        world=np.array(places).reshape(-1, 2),
        kind=kind.astype(np.intp),
        score=np.full(number, np.nan),
        names=("small", "large")[:kinds],
    )
    return Case(
        key=key,
        patient=key,
        inputs={"picture": held_image(picture[None].astype(np.float32), plain_grid((SIDE, SIDE)))},
        labels={"cells": points, "number": Amount(value=float(number), unit="1")},
        covariates={},
    )


def study(kinds=1, **more):
    classes = ["small", "large"][:kinds]
    return Study.model_validate(
        {
            "name": "blobs",
            "cases": "cases.csv",
            "inputs": {"picture": "picture"},
            "targets": [
                {"name": "cells", "type": "points", "columns": "dots", "classes": classes},
                {"name": "number", "type": "count", "columns": "number", "use": "score"},
                *more.get("targets", []),
            ],
        }
    )


@pytest.fixture(scope="module")
def cases():
    return CaseList([blobs(f"b{i}", 3 + i % 7, seed=i) for i in range(12)])


def answers(method, cases, tmp_path, asked=None):
    model = fit(method, asked or study(), cases, tmp_path)
    return {p.case: p.answers for p in model.predict(cases, scratch=tmp_path)}


def test_the_mean_is_counted_and_nothing_found(cases, tmp_path):
    found = answers(mean_count.METHOD, cases, tmp_path)
    mean = np.mean([case.labels["number"].value for case in list(cases)[:8]])  # those that are learned from
    assert all(len(a["cells"]) == 0 and a["number"].value == pytest.approx(mean) for a in found.values())


def test_the_watershed_finds_discs_that_do_not_touch(cases, tmp_path):
    for key, answer in answers(watershed.METHOD, cases, tmp_path).items():
        truth = cases[key].labels["cells"].world
        assert answer["number"].value == len(truth)
        gaps = np.hypot(*(answer["cells"].world[:, None] - truth[None]).T)
        assert gaps.min(axis=0).max() < 1.5


def test_the_area_counts_discs_of_one_size(cases, tmp_path):
    for key, answer in answers(area_count.METHOD, cases, tmp_path).items():
        assert answer["number"].value == pytest.approx(cases[key].labels["number"].value, abs=0.5)
        assert len(answer["cells"]) == 0


def test_counts_are_divided_among_the_kinds(tmp_path):
    two = CaseList([blobs(f"b{i}", 4, seed=i, kinds=2) for i in range(6)])
    asked = study(2, targets=[{"name": "large", "type": "count", "columns": "number", "classes": ["large"], "use": "score"}])
    for answer in answers(watershed.METHOD, two, tmp_path, asked).values():
        assert answer["large"].value == pytest.approx(answer["number"].value / 2)


def test_a_kind_nobody_knows_is_refused(cases, tmp_path):
    asked = study(targets=[{"name": "blue", "type": "count", "columns": "number", "classes": ["blue"], "use": "score"}])
    with pytest.raises(StudyError, match="blue"):
        fit(mean_count.METHOD, asked, cases, tmp_path)


@pytest.mark.parametrize("method", [watershed.METHOD, area_count.METHOD])
def test_a_saved_counter_counts_the_same(method, cases, tmp_path):
    model = fit(method, study(), cases, tmp_path)
    model.save(tmp_path / "kept")
    again = method.load(tmp_path / "kept")
    for first, second in zip(model.predict(cases, scratch=tmp_path), again.predict(cases, scratch=tmp_path), strict=True):
        assert first.answers["number"].value == second.answers["number"].value
        np.testing.assert_array_equal(first.answers["cells"].world, second.answers["cells"].world)


@pytest.mark.parametrize("method", [watershed.METHOD, area_count.METHOD])
def test_a_case_without_the_channel_is_refused_by_name(method, cases, tmp_path):
    model = fit(method, study(), cases, tmp_path)
    blank = Case(key="blank", patient="b", inputs={}, labels={}, covariates={})
    (said,) = model.predict([blank], scratch=tmp_path)
    assert said.refused is not None
    assert "blank" in said.refused
