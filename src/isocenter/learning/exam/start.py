"""Where a network of exams starts: at the answer that suits the mean learning case.

In:   a network with random weights, its heads, items.
Out:  the network, its last biases moved.

A random network says of everybody that half of a region is ill, or that a hundred lesions lie in it; without this its first steps
go into saying less.
"""

from collections.abc import Mapping, Sequence

import torch

from isocenter.learning.exam.batch import alike, collate
from isocenter.learning.exam.dense import Dense
from isocenter.learning.exam.items import Item
from isocenter.learning.exam.network import ExamNetwork, look
from isocenter.learning.head import Head
from isocenter.learning.heads.poisson import Poisson
from isocenter.learning.heads.share import Share
from isocenter.learning.heads.share_interval import ShareInterval

Started = Share | ShareInterval | Poisson
"""Heads that know what the mean case's number is."""
ITEMS, ROUNDS, TOGETHER = 16, 6, 8


def start_at_the_mean(network: ExamNetwork, heads: Mapping[str, Head | Dense], items: Sequence[Item]) -> None:
    """Move the bias of each head that knows where to start until the first items get that number on average.

    Normalizations use the statistics of each batch, as in the first step of training; those of what is pooled keep what they saw.
    Nothing happens without items.
    """
    starts = {name: head.start for name, head in heads.items() if isinstance(head, Started)}
    if not starts or not items:
        return
    device = next(network.parameters()).device
    kept = {name: buffer.clone() for name, buffer in network.named_buffers() if not name.startswith("norms.")}
    network.train()
    with torch.no_grad():
        for _ in range(ROUNDS):  # a mean of probabilities does not move as far as its bias: some rounds
            said: dict[str, list[torch.Tensor]] = {name: [] for name in starts}
            for group in alike(items[:ITEMS], TOGETHER):
                shown = group if len(group) > 1 else [*group, *group]  # a normalization needs two
                raw = look(network, collate(shown, truths={}).map(lambda t: t.to(device))).raw
                for name in starts:
                    said[name].append(raw[name].float()[[name in item.targets for item in shown]])
            for name, parts in said.items():
                numbers = torch.cat(parts)
                if len(numbers):
                    network.last_bias(name).add_(starts[name] - numbers.mean())
        for name, buffer in network.named_buffers():
            if name in kept:
                buffer.copy_(kept[name])
