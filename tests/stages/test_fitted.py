"""What is to try after a training diverged: only settings the method has, and that are not so already."""

import types

import pytest

from isocenter.core.errors import Diverged
from isocenter.core.method import Card
from isocenter.core.plan import Plan, Setting
from isocenter.stages.fitted import ended_of, fitted, remedies


def plan(**values):
    settings = tuple(Setting(name=n, value=v, reason="r", origin="fixed") for n, v in values.items())
    return Plan(method="m", seed=0, steps=10, minutes=1.0, gigabytes=1.0, sane=True, settings=settings)


@pytest.mark.parametrize(
    ("values", "named", "unnamed"),
    [
        ({"learning_rate": 2e-4, "adversary": "non_saturating"}, ["learning_rate=5e-05", "adversary=wasserstein"], ["precision"]),
        ({"learning_rate": 1e-3, "adversary": "wasserstein"}, ["learning_rate=0.00025"], ["adversary", "precision"]),
        ({"learning_rate": 1e-3, "precision": "bfloat16"}, ["precision=float32"], ["adversary"]),
        ({"learning_rate": 1e-3, "precision": "float32"}, ["learning_rate"], ["precision"]),
    ],
)
def test_only_settings_of_the_plan_are_named(values, named, unnamed):
    said = remedies(plan(**values))
    assert all(word in said for word in named)
    assert not any(word in said for word in unnamed)


def test_a_plan_without_such_settings_advises_nothing():
    assert remedies(plan(side=8)) == ""


class Fails:
    card = Card(name="m", task="t", answers=frozenset(), learned=True, cite="c", differs="")

    def fit(self, *asked):
        raise Diverged("step 3 of 10: the loss is no longer a number.")


def test_a_training_that_left_no_model_says_what_to_try():
    with pytest.raises(Diverged, match=r"^m: the training diverged at step 3 of 10: .* number\. Try a lower learning rate"):
        fitted(Fails(), None, None, None, plan(learning_rate=0.1), None)


def test_what_a_model_says_of_its_end_is_followed_by_what_to_try():
    assert ended_of(types.SimpleNamespace(ended="step 3."), plan(learning_rate=0.1)).startswith("step 3. Try")
    assert ended_of(types.SimpleNamespace(ended=""), plan(learning_rate=0.1)) == ""
    assert ended_of(types.SimpleNamespace(), plan()) == ""
