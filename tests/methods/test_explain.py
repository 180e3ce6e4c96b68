"""A fitted network of exams explained: the map on the image's own grid, in volumes, slices and frames of another size."""

import numpy as np
import pytest
import torch

from isocenter.core.case import Case
from isocenter.core.errors import SettingError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Target
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.learning.heads.cumulative import Cumulative
from isocenter.learning.heads.linear import Linear
from isocenter.learning.heads.softmax import Softmax
from isocenter.methods._exam.build import new_network
from isocenter.methods._exam.explain import ask, explain_item, lost_networks
from isocenter.methods._exam.model import ExamModel
from isocenter.methods._exam.settings import ExamSettings

SHAPE = (20, 14, 10)


def model_and_item(shape=SHAPE, *, head=None, **settings):
    """A network of random weights and a volume of noise with one bright block."""
    kind = {"type": "count", "columns": "n", "unit": "spots"}
    if isinstance(head, Softmax | Cumulative):
        kind = {"type": "class" if isinstance(head, Softmax) else "ordinal", "columns": "n", "classes": head.names}
    target = Target.model_validate({"name": "n", **kind})
    chosen = ExamSettings(**{"encoder_settings": {"widths": (4, 4)}, "dropout": 0.0, **settings})
    heads = {"n": head or Linear(unit="spots")}
    network = new_network(chosen, heads, covariates=0, seed=1)
    model = ExamModel(network, heads, inputs=("x",), targets=[target], settings=chosen, covariates=CovariateTable())
    samples = np.random.default_rng(0).normal(size=(1, *shape)).astype(np.float32)
    samples[(0, *(slice(n // 2, n // 2 + 3) for n in shape))] += 6
    case = Case(key="a", patient="a", inputs={"x": held_image(samples, plain_grid(shape))}, labels={}, covariates={})
    (item,) = model.items([case], labeled=False)
    return model, item, case


@pytest.mark.parametrize("settings", [{"size": (16, 16, 8)}, {"size": (16, 16, 10), "slices": True, "pooling": "maximum"}])
def test_the_map_of_a_volume_lies_on_its_own_grid(settings):
    model, item, case = model_and_item(**settings)
    found = explain_item(model, item, "n", names=("occlusion", "grad_cam"), steps=3, seed=0)
    for explanation in found.values():
        assert explanation.image.grid.same_as(case.inputs["x"].grid)
        assert explanation.image.array().shape == (1, *SHAPE)
        assert np.isfinite(explanation.image.array()).all()
    assert explanation.views.shape[1] == (10 if model.settings.slices else 1)


def test_the_same_seed_gives_the_same_numbers_and_random_weights_other_maps():
    model, item, _ = model_and_item((20, 14), size=(16, 16))
    lost = lost_networks(model, rng=np.random.default_rng(0), stages=2)
    one, two = (explain_item(model, item, "n", names=("smooth_grad",), lost=lost, steps=3, seed=4)["smooth_grad"] for _ in range(2))
    assert np.array_equal(one.views, two.views)
    assert one.faithfulness.over_random == two.faithfulness.over_random
    assert list(one.correlation) == [each.share for each in lost]
    assert one.correlation[1.0] < 0.9


def test_of_several_classes_the_likeliest_is_explained_unless_one_is_named():
    model, item, _ = model_and_item((20, 14), head=Softmax(names=("a", "b", "c")), size=(16, 16))
    raw = model.look(item).raw["n"][0]
    assert ask(model, item, "n").direction.argmax() == raw.argmax()
    named = ask(model, item, "n", output=1)
    assert named.direction.tolist() == [0, 1, 0]
    assert named.score(*named.batch.views).item() == pytest.approx(float(raw[1]), rel=1e-4)
    with pytest.raises(SettingError, match="from 0 to 2"):
        ask(model, item, "n", output=3)


def test_of_grades_the_sum_of_the_borders_passed_is_explained():
    model, item, _ = model_and_item((20, 14), head=Cumulative(names=("0", "1", "2")), size=(16, 16))
    question = ask(model, item, "n")
    assert torch.equal(question.direction, torch.ones(2))
