"""Features of another run's network: where the label speaks, kept with the model, refused when there is none."""

import dataclasses
import shutil

import numpy as np
import pytest

from isocenter.core.case import Case
from isocenter.core.errors import FileError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Target
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.methods._exam.build import new_network
from isocenter.methods._exam.model import ExamModel
from isocenter.methods._exam.settings import ExamSettings
from isocenter.methods._tabular.extractors.network_features import NetworkFeatures, NetworkFeaturesConfig
from isocenter.methods.registry import TASKS, methods_of

from ..in_memory import fit, tracer_of

QUICK = {"folds": 2, "trees": 5, "leaves": [1], "strengths": 2}
TARGET = Target(name="size", type="value", columns=("size",))


def written(folder, seed=3):
    """A run folder with a network of one input."""
    settings = ExamSettings(size=(16, 16), encoder_settings={"widths": (4,)})
    network = new_network(settings, {}, covariates=0, seed=seed)
    model = ExamModel(network, {}, inputs=("any",), targets=(), settings=settings, covariates=CovariateTable())
    model.save(folder / "model")
    return str(folder)


def a_case(samples, regions=None):
    grid = plain_grid(samples.shape)
    masks = {n: held_mask(m.astype(np.uint8), grid, ("outside", "inside")) for n, m in (regions or {}).items()}
    return Case(key="a", patient="a", inputs={"film": held_image(samples[None], grid)}, labels={}, covariates={}, regions=masks)


def block(features):
    return features.blocks["network"]


def test_features_are_those_of_the_run(tmp_path, rng):
    case = a_case(rng.random((16, 16)))
    one, two, other = (
        block(NetworkFeatures(("film",), (), NetworkFeaturesConfig(start=written(tmp_path / str(i), seed)))(case, TARGET))
        for i, seed in enumerate((3, 3, 4))
    )
    assert one.shape == (4,)
    assert np.array_equal(one, two)
    assert not np.allclose(one, other)


def test_features_are_averaged_where_the_label_speaks(tmp_path, rng):
    left = np.zeros((16, 16), bool)
    left[:8] = True
    target = TARGET.model_copy(update={"scope": "region:left"})
    looks = NetworkFeatures(("film",), (), NetworkFeaturesConfig(start=written(tmp_path)))
    samples = np.zeros((16, 16))
    samples[8:] = rng.random((8, 16))
    samples[12:] = samples[12:][:, ::-1]
    turned = samples.copy()
    turned[12:] = turned[12:][:, ::-1]  # far from the region; intensities as a whole are the same
    scoped = [block(looks(a_case(s, {"left": left}), target)) for s in (samples, turned)]
    np.testing.assert_allclose(*scoped, atol=1e-6)
    assert not looks(a_case(samples), target).blocks


@pytest.mark.parametrize("estimator", ["elastic_net", "random_forest"])
def test_the_network_stays_with_the_model_when_the_run_is_gone(estimator, tmp_path):
    study, cases = tracer_of(TASKS.get("multilabel"))
    run = written(tmp_path / "run")
    study = study.model_copy(update={"settings": {**QUICK, "estimator": estimator, "start": run}})
    method = methods_of("multilabel").get("network_features")
    model = fit(method, study, cases, tmp_path / "scratch")
    model.save(tmp_path / "model")
    shutil.rmtree(run)
    again = method.load(tmp_path / "model")
    for one, two in zip(model.predict(cases, scratch=tmp_path), again.predict(cases, scratch=tmp_path), strict=True):
        assert np.array_equal(one.answers["findings"].p, two.answers["findings"].p)


def test_what_is_no_run_is_refused(tmp_path, rng):
    case = a_case(rng.random((16, 16)))
    with pytest.raises(FileError, match="expected a trained run of a network of exams"):
        NetworkFeatures(("film",), (), NetworkFeaturesConfig(start=str(tmp_path)))(case, TARGET)
    with pytest.raises(StudyError, match=r"expected 1 input\(s\)"):
        NetworkFeatures(("film", "other"), (), NetworkFeaturesConfig(start=written(tmp_path)))(case, TARGET)


def test_random_weights_are_the_same_each_time(rng):
    case = a_case(rng.random((20, 30)))
    plain = [block(NetworkFeatures(("film",), (), NetworkFeaturesConfig())(case, TARGET)) for _ in range(2)]
    assert np.array_equal(*plain)
    bag = dataclasses.replace(case, inputs={"film": (case.inputs["film"],) * 3})
    np.testing.assert_allclose(block(NetworkFeatures(("film",), (), NetworkFeaturesConfig())(bag, TARGET)), plain[0], rtol=1e-4)
