"""What segmentation asks of its network: which mask, which loss, where to look for it.

In:   study and fingerprint.
Out:  Plan, by the rules of every network of patches (methods/_patches/plan.py).
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.plan import Plan
from isocenter.core.study import Study, Target
from isocenter.methods._choices import Choices
from isocenter.methods._patches.parts import check_form
from isocenter.methods._patches.plan import Question, plan_patches
from isocenter.methods.segmentation._build import build_segmentation
from isocenter.methods.segmentation._training import build_regularizer
from isocenter.methods.segmentation._unet_config import UNetSettings

NAME = "unet"
LITTLE = 0.005
"""Share of samples below which a few hundred steps of Dice + cross-entropy left masks empty (benchmarks/lesions.py)."""


def learned_target(study: Study) -> Target:
    """Return the one mask target this method learns. StudyError when there are several."""
    targets = [t for t in study.targets if t.type == "mask" and t.use == "learn"]
    if len(targets) != 1:
        raise StudyError(
            f"expected one mask target to learn, got {len(targets)} ({', '.join(t.name for t in targets) or 'none'}). "
            "Mark the others `use: score`, or write one study for each."
        )
    return targets[0]


def output_channels(target: Target) -> int:
    """Return how many channels the network has: one a class; regions that overlap have no background of their own."""
    return len(target.classes) - (1 if target.overlapping else 0)


def plan_unet(study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
    """Choose every setting of the U-Net. SettingError for one that does not exist or cannot work, before anything is timed."""
    target = learned_target(study)
    outputs = output_channels(target)

    def make_target(generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[Any]:
        if target.overlapping:
            return generator.integers(0, 2, (outputs, *shape), dtype=np.int16)
        return generator.integers(0, outputs, shape, dtype=np.int16)

    def choose(chosen: Choices[Any]) -> None:
        _choose_learning(chosen, target, fingerprint)

    question = Question(
        method=NAME,
        config=UNetSettings,
        build=partial(build_segmentation, outputs=outputs),
        regularize=partial(build_regularizer, outputs=outputs, seed=0),
        make_target=make_target,
        choose=choose,
        objects=bool(target.instances),
        sided=next((n for n in target.classes if {"left", "right"} & set(n.lower().replace("_", " ").split())), ""),
    )
    return plan_patches(study, fingerprint, question, minutes=minutes, gigabytes=gigabytes)


def _choose_learning(chosen: Choices[Any], target: Target, fingerprint: Mapping[str, Any]) -> None:
    """Loss and sampling."""
    classes = fingerprint["targets"][target.name].get("classes", {})
    shares = [c["share"] for n, c in classes.items() if n != target.classes[0]]
    rare = min(shares, default=1.0)
    if target.overlapping:
        chosen.rule("loss", "binary_dice_cross_entropy", "the classes overlap, so each is a yes or no of its own")
    elif shares and sum(shares) < LITTLE:
        why = f"the classes are {100 * sum(shares):.2g} % of the samples: cross-entropy is content with an empty mask for long"
        chosen.rule("loss", "dice", why)
    check_form(chosen.standing("loss"), ("regions",) if target.overlapping else ("classes",))
    share = 1 / 3 if rare > 0.01 else 0.5
    if chosen.standing("sampler") == "foreground":
        chosen.rule("sampler_settings", {"share": share}, f"the rarest class is {100 * rare:.2g} % of the samples")
