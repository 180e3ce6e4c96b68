"""What a fitted network of exams looks at: maps of one exam, how true they are to it, and what is left of them without its weights.

In:   a model, an item, a target; names of attributions.
Out:  Explanation per attribution, the map on the image's own grid.
Not:  no cohort, no judgment (audits/attribution.py).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from isocenter.core.errors import SettingError
from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.learning.attribution import Maps, Question
from isocenter.learning.attributions import ATTRIBUTIONS
from isocenter.learning.exam.batch import collate
from isocenter.learning.exam.items import Item
from isocenter.learning.faithfulness import Faithfulness, Removal, judge, refer, remove
from isocenter.learning.head import Head
from isocenter.learning.heads.cox import Cox
from isocenter.learning.heads.discrete_time import DiscreteTime
from isocenter.learning.heads.sigmoid import Sigmoid
from isocenter.learning.heads.softmax import Softmax
from isocenter.learning.randomization import cascade, map_correlation
from isocenter.methods._exam.maps import in_place
from isocenter.methods._exam.model import ExamModel

LIKELIEST = -1
"""Output: the class or finding the network holds for the likeliest."""


class Lost(Record):
    """A copy of a network without some of its weights."""

    share: float
    """Of its layers that are random."""
    network: nn.Module


class Explanation(Record):
    """What one attribution says of one exam."""

    views: NDArray[np.float32]
    """(V, B, *size), one map a view; V = 1 where views cannot be told apart."""
    image: Image
    """The sum over inputs on the grid of the exam's first image."""
    faithfulness: Faithfulness
    removal: Removal
    correlation: Mapping[float, float]
    """Share of random layers -> rank correlation with the map of the trained network."""


def lost_networks(model: ExamModel, *, rng: np.random.Generator, stages: int) -> tuple[Lost, ...]:
    """Return copies of a model's network, more of it random in each, at last all."""
    return tuple(Lost(share=share, network=network) for share, network in cascade(model.network, rng=rng, stages=stages))


def _together(maps: NDArray[np.float32], model: ExamModel) -> NDArray[np.float32]:
    """Return the sum over inputs (B, *size); what surroundings say, which lie elsewhere, is left out."""
    summed: NDArray[np.float32] = maps[: len(model.inputs)].sum(axis=0)
    return summed


def ask(model: ExamModel, item: Item, target: str, *, output: int = LIKELIEST) -> Question:
    """Return the question why a network answers as it does. SettingError for an output the target does not have.

    output : which of the target's classes or findings. Heads whose numbers are one amount together (grades passed, chances of an
             event by interval) are asked for their sum; hazards of competing events are left out.
    """
    raw = model.look(item).raw[target][0].numpy()
    direction = torch.from_numpy(_direction(model.heads[target], raw, output, target))
    return Question(network=model.network, batch=collate([item], truths={}), target=target, direction=direction)


def _direction(head: Head, raw: NDArray[np.floating], output: int, target: str) -> NDArray[np.float32]:
    count = len(raw)
    if not -1 <= output < count:
        raise SettingError(f"expected an output of {target} from 0 to {count - 1}, or -1 for the likeliest, got {output}.")
    direction = np.zeros(count, np.float32)
    if output == LIKELIEST and isinstance(head, Cox | DiscreteTime):
        direction[:: head.causes] = 1  # the event's numbers; those of competing ones stand between them
        return direction
    if output == LIKELIEST and not isinstance(head, Softmax | Sigmoid):
        return direction + 1
    direction[int(np.argmax(raw)) if output == LIKELIEST else output] = 1
    return direction


def explain(question: Question, name: str, *, seed: int) -> NDArray[np.float32]:
    """Return one attribution's maps (V or 1, B, *size); the same seed draws the same noise."""
    return _stacked(ATTRIBUTIONS.get(name).explain(question, np.random.default_rng(seed)))


def explain_item(
    model: ExamModel,
    item: Item,
    target: str,
    *,
    names: Sequence[str],
    lost: Sequence[Lost] = (),
    output: int = LIKELIEST,
    steps: int,
    seed: int,
) -> dict[str, Explanation]:
    """Return what each attribution says of an item, by name.

    lost : networks to compare with; () = none
    steps : points of the curves of deletion and insertion, but the first
    """
    question = ask(model, item, target, output=output)
    rng = np.random.default_rng(seed)
    references = refer(question, rng=rng, steps=steps)
    found: dict[str, Explanation] = {}
    for name in names:
        member = ATTRIBUTIONS.get(name)
        maps = explain(question, name, seed=seed)
        whole = _together(maps, model)  # (B, *size)
        removal = remove(question, whole, rng=rng, steps=steps)
        correlation = {}
        for each in lost:
            other = Question(network=each.network, batch=question.batch, target=target, direction=question.direction)
            correlation[each.share] = map_correlation(whole, _together(explain(other, name, seed=seed), model))
        found[name] = Explanation(
            views=maps,
            image=in_place(whole[None], item, slices=model.settings.slices),
            faithfulness=judge(removal, references, signed=member.signed),
            removal=removal,
            correlation=correlation,
        )
    return found


def _stacked(maps: Maps) -> NDArray[np.float32]:
    return np.stack([each.detach().cpu().numpy() for each in maps]).astype(np.float32)
