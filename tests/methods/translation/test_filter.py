"""Classical filters: their strength is chosen on pairs, and they take noise away."""

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.methods.translation import non_local_means, total_variation
from isocenter.methods.translation._filter import noise_of

from ..in_memory import MemoryJournal, fingerprint_of
from .test_adversarial import study

METHODS = {"non_local_means": non_local_means.METHOD, "total_variation": total_variation.METHOD}


def noisy(n, *, unit="HU"):
    rng = np.random.default_rng(n)
    clean = np.zeros((1, 32, 32), np.float32)
    clean[0, 8:24, 10:22] = 200.0
    grid = plain_grid((32, 32))
    worse = clean + rng.normal(0, 20, clean.shape).astype(np.float32)
    return Case(
        key=f"n{n}", patient=f"n{n}", inputs={"mr": held_image(worse, grid, unit=unit)},
        labels={"ct": held_image(clean.astype(np.int16), grid, unit="HU")}, covariates={},
    )  # fmt: skip


def fitted(name, cases, tmp_path):
    asked = study()
    plan = METHODS[name].plan(asked, fingerprint_of(asked, cases), minutes=1, gigabytes=1)
    return METHODS[name].fit(asked, cases, cases, plan, MemoryJournal(tmp_path))


@pytest.mark.parametrize("name", METHODS)
def test_a_filter_takes_noise_away_and_comes_back_from_its_folder(name, tmp_path):
    cases = CaseList([noisy(n) for n in range(3)])
    model = fitted(name, cases, tmp_path)
    model.save(tmp_path / "m")
    for one in (model, METHODS[name].load(tmp_path / "m")):
        [answer] = [p.answers["ct"] for p in one.predict(cases.select(["n0"]), scratch=tmp_path)]
        assert (answer.unit, answer.array().dtype) == ("HU", np.int16)
        truth, source = cases["n0"].labels["ct"].array(), cases["n0"].inputs["mr"].array()
        assert np.abs(answer.array() - truth).mean() < 0.6 * np.abs(source - truth).mean()


@pytest.mark.parametrize("name", METHODS)
def test_a_case_without_the_image_is_refused_and_the_stream_goes_on(name, tmp_path):
    cases = CaseList([noisy(n) for n in range(2)])
    model = fitted(name, cases, tmp_path)
    bare = Case(key="bare", patient="b", inputs={}, labels={}, covariates={})
    refused, answered = model.predict(CaseList([bare, cases["n1"]]), scratch=tmp_path)
    assert "expected a still image" in refused.refused
    assert answered.answers


def test_a_contrast_cannot_be_filtered_into_another(tmp_path):
    with pytest.raises(StudyError, match="changes no contrast"):
        fitted("total_variation", CaseList([noisy(0, unit="1")]), tmp_path)


def test_the_noise_is_found_beside_edges():
    image = noisy(5).inputs["mr"].array()[0].astype(float)
    assert noise_of(image) == pytest.approx(20, rel=0.15)
    assert noise_of(np.ones((16, 16))) == 0
