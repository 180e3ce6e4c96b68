"""The training of a segmentation: masks alone first, where the regularizer asks for it, then images, all on one loop.

In:   settings, prepared cases and a number of steps.
Out:  a learner for the loop, whose last phase has the network; the regularizer of the settings.
Not:  no regularizer itself (learning/regularizers).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from torch import nn

from isocenter.learning.patch_learner import PatchLearner
from isocenter.learning.phases import Phase, Phases
from isocenter.learning.preparation import Prepared
from isocenter.learning.regularizer import NONE, Regularizer, RegularizerConfig
from isocenter.learning.regularizers import REGULARIZERS
from isocenter.methods._patches.learner import build_learner, build_mask_learner
from isocenter.methods.segmentation._build import build_segmentation
from isocenter.methods.segmentation._unet_config import UNetSettings


def build_regularizer(settings: UNetSettings, *, outputs: int, seed: int) -> Regularizer | None:
    """Return what adds its cost to the loss, with random weights; None = nothing does."""
    if settings.regularizer == NONE:
        return None
    config = RegularizerConfig(
        patch=tuple(n for n in settings.patch if n > 1),
        channels=sum(settings.channels),
        classes=outputs,
        weight=settings.regularizer_weight,
        seed=seed,
    )
    return REGULARIZERS.get(settings.regularizer).build(config)


def build_training(
    settings: UNetSettings,
    *,
    cases: Sequence[Prepared],
    steps: int,
    seed: int,
    evaluate: Callable[[nn.Module], Mapping[str, float]],
    outputs: int,
) -> Phases[PatchLearner]:
    """Return the training of a plan. Steps spent on masks alone are of the plan's steps: arms cost alike.

    outputs : channels that answer for classes
    """
    regularizer = build_regularizer(settings, outputs=outputs, seed=seed)
    of_masks = None if regularizer is None else regularizer.learns_first
    ahead = 0 if of_masks is None else min(round(settings.regularizer_share * steps), steps - 1)
    before = []
    if of_masks is not None and ahead:
        learner = partial(build_mask_learner, settings, of_masks, cases=cases, steps=ahead, seed=seed, classes=outputs)
        before.append(Phase(name="masks", steps=ahead, build=learner))
    last = partial(
        build_learner,
        settings,
        build=partial(build_segmentation, settings, outputs=outputs),
        cases=cases,
        steps=steps - ahead,
        seed=seed,
        evaluate=evaluate,
        regularizer=regularizer,
    )
    return Phases(before, last)
