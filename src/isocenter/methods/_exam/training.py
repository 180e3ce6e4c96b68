"""The training of a plan: what comes before the labels, what is held still, and how fast each layer learns.

In:   settings, a network that may have weights from elsewhere, items with labels, items whose images alone are learned from.
Out:  Phases: none or several of pre-training, then the learner of the labels; together the plan's steps.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from torch import nn

from isocenter.learning.exam.items import Item
from isocenter.learning.exam.network import ExamNetwork
from isocenter.learning.exam.transfer import encoders_of, freeze, layer_groups, settle_statistics
from isocenter.learning.exam.unlabelled import Unlabelled
from isocenter.learning.foreign_weights import Taken
from isocenter.learning.gradient_learner import GradientLearner, unmeasured
from isocenter.learning.phases import Phase, Phases
from isocenter.learning.pretrainer import PretrainConfig
from isocenter.learning.pretraining import PRETRAINERS
from isocenter.methods._exam.build import Heads, build_learner, build_lesson
from isocenter.methods._exam.settings import NONE, ExamSettings


def build_training(
    settings: ExamSettings,
    network: ExamNetwork,
    heads: Heads,
    items: Sequence[Item],
    *,
    images: Sequence[Item],
    taken: Taken | None,
    steps: int,
    seed: int,
    evaluate: Callable[[nn.Module], Mapping[str, float]] = unmeasured,
) -> Phases[GradientLearner]:
    """Return the training of a plan.

    images : what pre-training learns from
    taken  : where the network's weights came from; None = they are random
    """
    ahead = pretraining_steps(settings, steps)
    before = pretraining(settings, network, images, steps=ahead, seed=seed) if ahead else ()

    def learner() -> GradientLearner:
        if settings.frozen:
            freeze(encoders_of(network))
            if settings.pretrain != NONE or taken is None or not taken.statistics:
                settle_statistics(network, items)
        return build_learner(
            settings, network, heads, items, steps=steps - ahead, seed=seed, evaluate=evaluate,
            groups=partial(layer_groups, decay=settings.layer_decay),
        )  # fmt: skip

    return Phases(before, learner)


def pretraining_steps(settings: ExamSettings, steps: int) -> int:
    """Return how many of the steps go before the labels; at least one step remains for those."""
    return 0 if settings.pretrain == NONE else min(max(1, round(settings.pretrain_share * steps)), steps - 1)


def pretraining(settings: ExamSettings, network: ExamNetwork, images: Sequence[Item], *, steps: int, seed: int) -> Sequence[Phase]:
    """Return the phases that teach the network's encoders from images alone."""
    encoders = list(encoders_of(network).values())
    constant = network.conditioning.channels if network.place == "image" and network.conditioning is not None else 0
    drawn = Unlabelled(
        build_lesson(settings, {}, images, seed=seed),
        settings.view_channels,
        joined=len(encoders) == 1,
        constant=constant,
    )
    config = PretrainConfig(
        dimensions=settings.dimensions,
        steps=steps,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        precision=settings.precision,
        seed=seed,
    )
    return PRETRAINERS.get(settings.pretrain).build(encoders, drawn, config)


def teachable(pretrain: str, encoder: str) -> bool:
    """Tell whether a way of pre-training can teach an encoder."""
    known = PRETRAINERS.get(pretrain).encoders if pretrain != NONE else frozenset[str]()
    return not known or encoder in known
