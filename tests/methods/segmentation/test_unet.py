"""What the segmentation method promises with every network of the registry: to resume, to save, to predict in any geometry."""

import copy
from functools import partial

import numpy as np
import pytest
import torch

from isocenter.core.case import Case
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Target
from isocenter.learning.networks import NETWORKS
from isocenter.learning.preparation import Prepared
from isocenter.methods._patches.learner import build_learner
from isocenter.methods.segmentation._build import build_segmentation
from isocenter.methods.segmentation._segmenter import Segmenter, validation_dice
from isocenter.methods.segmentation._unet_config import UNetSettings
from isocenter.methods.segmentation.unet import METHOD

TARGET = Target.model_validate({"name": "ball", "type": "mask", "columns": "ball", "classes": ["background", "ball"]})
CASES = [(name, edges) for name in NETWORKS.names() for edges in (0.0, 1.0)]


def settings_of(network: str, edges: float, **more: object) -> UNetSettings:
    """Of a volume for the network that walks along slices, of a picture for the others."""
    walks = NETWORKS.get(network).run
    return UNetSettings(
        network=network,
        patch=(16, 16, 4) if walks else (16, 16),
        widths=(8, 8),
        strides=((1, 1, 1), (2, 2, 1)) if walks else ((1, 1), (2, 2)),
        kernels=((3, 3, 1),) * 2 if walks else ((3, 3),) * 2,
        edge_weight=edges,
        scheme="none",
        **more,
    )


def drawn(settings: UNetSettings) -> list[Prepared]:
    rng = np.random.default_rng(0)
    shape = tuple(n + 4 if n > 4 else n for n in settings.patch)
    made = []
    for key in range(2):
        target = np.zeros(shape, np.int16)
        target[4 + key : 12, 5:13] = 1
        image = (target + 0.1 * rng.standard_normal(shape)).astype(np.float32)[None]
        made.append(Prepared(key=str(key), image=image, grid=plain_grid(shape), target=target))
    return made


def learner_of(settings: UNetSettings, *, steps: int = 4):
    return build_learner(
        settings, build=partial(build_segmentation, settings, outputs=2), cases=drawn(settings), steps=steps, seed=0
    )


@pytest.mark.parametrize(("network", "edges"), CASES)
def test_a_training_taken_up_again_ends_as_one_that_was_not_left(network: str, edges: float) -> None:
    settings = settings_of(network, edges)
    whole = learner_of(settings)
    for step in range(2):
        whole.step(step)
    kept = copy.deepcopy(whole.state())
    resumed = learner_of(settings)
    resumed.restore(kept)
    for step in (2, 3):
        torch.manual_seed(step)
        first = whole.step(step)
        torch.manual_seed(step)
        assert resumed.step(step) == first
    for a, b in zip(whole.ema.network.parameters(), resumed.ema.network.parameters(), strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize(("network", "edges"), CASES)
def test_a_saved_model_answers_as_the_one_that_was_saved(network: str, edges: float, tmp_path) -> None:
    settings = settings_of(network, edges, keep_probability=True)
    torch.manual_seed(0)
    first = Segmenter(build_segmentation(settings, outputs=2), inputs=("image",), target=TARGET, settings=settings)
    first.save(tmp_path / "model")
    second = METHOD.load(tmp_path / "model")
    shape = (21, 17, 7)[: len(settings.patch)]
    image = held_image(np.random.default_rng(1).standard_normal((1, *shape)).astype(np.float32), plain_grid(shape), channels=("x",))
    case = Case(key="a", patient="a", inputs={"image": image}, labels={}, covariates={}, regions={})
    one, other = (next(iter(m.predict([case], scratch=tmp_path))) for m in (first, second))
    assert one.answers["ball"].labels.array().shape == (1, *shape)
    assert set(one.extras) == {"ball:probability", *({"ball:edges"} if edges else ())}
    for name, extra in one.extras.items():
        assert np.array_equal(extra.array(), other.extras[name].array())
    assert np.array_equal(one.answers["ball"].labels.array(), other.answers["ball"].labels.array())
    assert one.extras["ball:probability"].array().sum(axis=0) == pytest.approx(1.0, abs=0.01)


def test_edges_are_learned_beside_the_classes(tmp_path) -> None:
    settings = settings_of("unet", 1.0, keep_probability=True, augmentation=0.0, learning_rate=0.02)
    learner = learner_of(settings, steps=60)
    for step in range(60):
        learner.step(step)
    case = drawn(settings)[0]
    network = learner.ema.network
    assert validation_dice(network, [case], TARGET, settings)["tune_dice"] > 0.9
    model = Segmenter(network, inputs=("image",), target=TARGET, settings=settings)
    image = held_image(case.image, case.grid, channels=("x",))
    shown = Case(key="a", patient="a", inputs={"image": image}, labels={}, covariates={}, regions={})
    edges = next(iter(model.predict([shown], scratch=tmp_path))).extras["ball:edges"].array()[0]
    inside, border, outside = edges[7:9, 8:10].mean(), edges[4, 7:11].mean(), edges[15:, 15:].mean()
    assert border > 0.6
    assert max(inside, outside) < 0.4
