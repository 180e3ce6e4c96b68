"""What counting by density asks of its network: how wide a dot is drawn, and how a mistake is weighed.

In:   study and fingerprint.
Out:  Plan, by the rules of every network of patches (methods/_patches/plan.py).
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.methods._choices import Choices
from isocenter.methods._patches.learner import build_network
from isocenter.methods._patches.plan import Question, plan_patches
from isocenter.methods._places import kinds_of, learned_points
from isocenter.methods._radius import radius_of, size_of
from isocenter.methods.localization._density_settings import DensitySettings

NAME = "density"
WIDTHS = (1.5, 4.0)
"""Least and greatest standard deviation of a dot, in samples."""
REDUNDANT = 4.0
"""Side of a square over the standard deviation of a Gaussian: about as many samples see the object."""


def plan_density(study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
    """Choose every setting. SettingError for one that does not exist or cannot work, before anything is timed."""
    target = learned_points(study)
    outputs = len(kinds_of(target))

    def make_target(generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[Any]:
        return generator.random((outputs, *shape), dtype=np.float32)

    def choose(chosen: Choices[Any]) -> None:
        _choose_loss(chosen, kinds=outputs)
        _choose_width(chosen, fingerprint, fingerprint["targets"].get(target.name, {}).get("nearest"))
        within = radius_of(study, target, size=size_of(fingerprint, target))
        chosen.rule("radius", within.value, within.why)

    question = Question(
        method=NAME,
        config=DensitySettings,
        build=partial(build_network, outputs=outputs),
        make_target=make_target,
        choose=choose,
        objects=True,
        amounts=True,
    )
    return plan_patches(study, fingerprint, question, minutes=minutes, gigabytes=gigabytes)


def _choose_loss(chosen: Choices[Any], *, kinds: int) -> None:
    """An absolute error answers the median: none, wherever no kind is more likely than not. A squared one answers the mean."""
    if kinds == 1:
        chosen.rule("loss", "l1", "one kind: an absolute error heeds few mistaken dots little")
    else:
        why = f"{kinds} kinds: where none is more likely than not, an absolute error answers none, a squared one what to expect"
        chosen.rule("loss", "l2", why)


def _choose_width(chosen: Choices[Any], fingerprint: Mapping[str, Any], nearest: float | None) -> None:
    """A quarter of the usual distance to the nearest neighbor, so that two objects stay two in the map.

    nearest : world units; None where no case has two points
    """
    spacing = chosen["spacing"] or np.median(np.asarray(fingerprint["spacings"], float), axis=0)
    sample = float(np.min([s for s in spacing if s > 0] or [1.0]))
    low, high = WIDTHS
    sigma = high if nearest is None else round(float(np.clip(nearest / sample / 4, low, high)), 2)
    apart = (
        "no case has two points" if nearest is None else f"the nearest neighbor of a point is {nearest / sample:.1f} samples away"
    )
    chosen.rule("kernel", "gaussian", "a dot says where an object is, and its neighborhood how much of it is seen")
    chosen.rule("width", sigma if chosen["kernel"] == "gaussian" else round(REDUNDANT * sigma, 2), apart)
