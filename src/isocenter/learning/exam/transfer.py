"""What a network of exams brings from elsewhere: its encoders found, held still, or made to learn more slowly the earlier they see.

In:   ExamNetwork.
Out:  encoders by name; parameter groups; encoders without gradients.
Not:  no reading of weights (foreign_weights.py), no pre-training (pretraining/).

Reference: Howard & Ruder, ACL 2018, arXiv:1801.06146 (a rate for every layer).
Differs:   rates fall by part of the encoder: a level, a block with its transition, a stem.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from isocenter.learning.encoder import Features
from isocenter.learning.exam.batch import collate
from isocenter.learning.exam.items import Item
from isocenter.learning.exam.network import ExamNetwork, look
from isocenter.learning.foreign_weights import plain_name

BATCHES, TOGETHER = 16, 8


def encoders_of(network: nn.Module) -> dict[str, Features]:
    """Return the encoders by their name in the network."""
    return {name: module for name, module in network.named_modules() if isinstance(module, Features)}


def parts_of(encoder: Features) -> list[list[nn.Parameter]]:
    """Return the weights of an encoder in parts, as an image meets them. What has no convolution belongs to the part before."""
    found: dict[str, list[nn.Parameter]] = {}
    at = ""
    for name, parameter in encoder.named_parameters():
        if parameter.ndim >= 4 or not at:
            at = _part(plain_name(name))
        found.setdefault(at, []).append(parameter)
    return list(found.values())


def _part(name: str) -> str:
    """Return the part a weight belongs to: of a U-Net a level down, or up again; else the first word of its name."""
    level = re.match(r"(down|up|fuse|heads)\.(\d+)\.", name)
    if level is None:
        return name.split(".")[0]
    return f"{'up' if level[1] == 'fuse' else level[1]}.{level[2]}"


def layer_groups(network: nn.Module, rate: float, *, decay: float) -> list[dict[str, Any]]:
    """Return parameter groups: each earlier part of an encoder learns at `decay` times the next one's rate, the rest at `rate`.

    What does not learn (freeze) is in no group.
    """
    groups: dict[int, list[nn.Parameter]] = {}
    inside: set[int] = set()
    for encoder in encoders_of(network).values():
        parts = parts_of(encoder)
        for index, part in enumerate(parts):
            inside |= {id(p) for p in part}
            groups.setdefault(len(parts) - index, []).extend(p for p in part if p.requires_grad)
    groups[0] = [p for p in network.parameters() if id(p) not in inside and p.requires_grad]
    return [{"params": groups[depth], "lr": rate * decay**depth} for depth in sorted(groups, reverse=True) if groups[depth]]


def freeze(encoders: Mapping[str, Features]) -> None:
    """Let encoders learn no more. A learner keeps what does not learn out of training mode: its batch statistics stay too."""
    for encoder in encoders.values():
        encoder.requires_grad_(False).eval()


def settle_statistics(network: ExamNetwork, items: Sequence[Item]) -> None:
    """Give the encoders' batch normalizations the means and variances of (at most 128 of) these items, all weighing alike.

    For an encoder that is held still with weights that came without statistics. Nothing happens without items.
    """
    norms = [m for e in encoders_of(network).values() for m in e.modules() if isinstance(m, _BatchNorm)]
    if not items or not norms:
        return
    modes = {module: module.training for module in network.modules()}
    momenta = [norm.momentum for norm in norms]
    device = norms[0].weight.device
    network.to(device).eval()  # pre-training has moved the encoders alone
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the mean over all batches
        norm.train()
    shown = list(items[: BATCHES * TOGETHER])
    if len(encoders_of(network)) > 1:  # side by side those that have the same views: no batch shows one of them a single time
        shown.sort(key=lambda item: item.present.max(axis=0).tolist())
    with torch.no_grad():
        for start in range(0, len(shown), TOGETHER):
            few = shown[start : start + TOGETHER]
            look(network, collate(few if len(few) > 1 else [*few, *few], truths={}).map(lambda t: t.to(device)))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    for module, mode in modes.items():
        module.training = mode
