"""Pieces of a watershed are told apart by what they look like."""

import numpy as np
import pytest

from isocenter.core.case import CaseList
from isocenter.core.grid import plain_grid
from isocenter.core.points import Points
from isocenter.learning.candidate_lesson import two_scales
from isocenter.methods.localization._object_model import Pieces
from isocenter.methods.localization.watershed_classifier import METHOD, table_of

from ..in_memory import fit
from .test_counters import blobs, study

TINY = {"steps": 80, "view": [16, 16], "widths": [8, 8, 16], "batch": 24, "radius": 4.0}


def asked(**settings):
    counts = [
        {"name": kind, "type": "count", "columns": "number", "classes": [kind], "use": "score"} for kind in ("small", "large")
    ]
    return study(2, targets=counts).model_copy(update={"settings": {**TINY, **settings}})


@pytest.fixture(scope="module")
def cases():
    return CaseList([blobs(f"b{i}", 2 + 2 * (i % 4), seed=i, kinds=2) for i in range(15)])


def test_small_and_large_discs_are_found_told_apart_and_counted(cases, tmp_path):
    model = fit(METHOD, asked(), cases, tmp_path)
    model.save(tmp_path / "model")
    wrong, right, objects = 0.0, 0, 0
    loaded = METHOD.load(tmp_path / "model")
    for answer, again in zip(model.predict(cases, scratch=tmp_path), loaded.predict(cases, scratch=tmp_path), strict=True):
        truth, said = cases[answer.case].labels["cells"], answer.answers["cells"]
        np.testing.assert_allclose(again.answers["cells"].score, said.score)
        given = said.score >= 0.5
        for place, kind in zip(truth.world, truth.kind, strict=True):
            near = np.hypot(*(said.world[given] - place).T) < 3
            right, objects = right + int((near & (said.kind[given] == kind)).any()), objects + 1
        wrong += abs(answer.answers["small"].value - (truth.kind == 0).sum())
        wrong += abs(answer.answers["large"].value - (truth.kind == 1).sum())
    assert right > 0.85 * objects
    assert wrong / len(cases) < 0.5


def test_a_dot_without_a_piece_is_learned_from_at_its_own_place():
    grid = plain_grid((40, 40))
    pieces = Pieces(
        scales=two_scales(np.zeros((1, 40, 40), np.float32), wider=2), index=np.array([[10.0, 10.0], [30.0, 30.0]]), grid=grid
    )
    truth = Points(
        world=grid.to_world(np.array([[11.0, 10.0], [10.0, 30.0]])),
        kind=np.array([1, 0]),
        score=np.full(2, np.nan),
        names=("small", "large"),
    )
    table = table_of([(pieces, truth)], radius=3.0, kinds=2)
    assert table.kind.tolist() == [1, 2, 0]  # on its dot; on nothing; a dot alone
    assert table.index.tolist() == [[10.0, 10.0], [30.0, 30.0], [10.0, 30.0]]


def test_a_case_without_dots_is_learned_as_nothing():
    pieces = Pieces(
        scales=two_scales(np.zeros((1, 20, 20), np.float32), wider=2), index=np.array([[5.0, 5.0]]), grid=plain_grid((20, 20))
    )
    none = Points(world=np.zeros((0, 2)), kind=np.zeros(0, np.intp), score=np.zeros(0), names=("small", "large"))
    assert table_of([(pieces, none)], radius=3.0, kinds=2).kind.tolist() == [2]
