"""What joins tiles into slides and patients is fitted: to all tiles of the learning slides, stopped and calibrated on tuning ones.

In:   what a trained network says of tiles; labels of slides and patients.
Out:  a fitted BagNetwork, calibrated heads, the border of regions.
Not:  no tile is looked at here (rows.py).
"""

import copy
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from isocenter.core.case import Case
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.learning.assessed import assessed
from isocenter.learning.exam.items import units_of
from isocenter.learning.head import Head
from isocenter.learning.patient_label import patient_label
from isocenter.learning.slides.bag import BagNetwork, heat_map_statistics
from isocenter.learning.slides.tiles import shares_of
from isocenter.methods._slides.model import Seen, as_bag, held_as_mask

STEPS, LOOK_EVERY = 400, 20
RATE, DECAY = 1e-2, 1e-2
BAGS = 16
"""In a step."""
MOST = 1024
"""Tiles of a bag learned from."""
BORDERS = np.linspace(-6.0, 6.0, 61)


class SaidBag(Record):
    """A bag of tiles a network spoke of."""

    features: Tensor
    """(1, F, P)."""
    logits: Tensor
    """(1, K, P)."""
    truth: NDArray[np.float32]


def bags_of(target: Target, head: Head, seen: Mapping[str, Seen], cases: Iterable[Case]) -> list[SaidBag]:
    """Return the bags a target's labels speak of: a slide each, or all slides of a patient."""
    found = []
    inside = [case for case in cases if case.key in seen]
    for unit in units_of(inside, per_patient=target.per == "patient"):
        label = patient_label(case.labels[target.name] for case in unit if target.name in case.labels)
        if label is None or np.isnan(head.truth(label)).all():
            continue
        features, logits, _ = as_bag([seen[case.key].said for case in unit])
        found.append(SaidBag(features=features, logits=logits, truth=head.truth(label)))
    return found


def fit_bag(network: nn.Module, head: Head, bags: Sequence[SaidBag], held: Sequence[SaidBag], *, seed: int) -> None:
    """Fit what pools, in place; where there are held bags, the state that is least wrong on them is kept. TypeError for others."""
    if not isinstance(network, BagNetwork):
        raise TypeError(f"expected what speaks of bags, got {type(network).__name__}")
    if network.by_map:
        network.scale_to(torch.cat([heat_map_statistics(bag.logits, _there(bag)) for bag in bags]))
    else:
        network.scale_to(torch.cat([bag.features[0].T for bag in bags]))
    rng = np.random.default_rng([seed, 4])
    network.requires_grad_(True)  # averaged weights come frozen
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    best, kept = np.inf, copy.deepcopy(network.state_dict())
    for step in range(STEPS):
        drawn = rng.choice(len(bags), min(BAGS, len(bags)), replace=False)
        raw = torch.cat([_answer(network, bags[int(i)], rng) for i in drawn])
        truth = torch.from_numpy(np.stack([bags[int(i)].truth for i in drawn]))
        optimizer.zero_grad()
        head.loss(raw, truth).mean().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if held and (step + 1) % LOOK_EVERY == 0:
            wrong = float(head.loss(torch.from_numpy(raws(network, held)), torch.from_numpy(_truths(held))).mean())
            if wrong < best:
                best, kept = wrong, copy.deepcopy(network.state_dict())
    if held:
        network.load_state_dict(kept)
    network.requires_grad_(False)


def calibrated(network: nn.Module, head: Head, held: Sequence[SaidBag]) -> Head:
    """Return the head with what is chosen on bags not learned from."""
    return head.calibrated(raws(network, held), _truths(held)) if held else head


def raws(network: nn.Module, bags: Sequence[SaidBag]) -> NDArray[np.float32]:
    """Return what is said of bags, (N, outputs)."""
    with torch.inference_mode():
        found: NDArray[np.float32] = torch.cat([network(bag.features, bag.logits, _there(bag)) for bag in bags]).float().numpy()
    return found


def tile_border(target: Target, seen: Mapping[str, Seen], cases: Iterable[Case]) -> float:
    """Return what is added to the background's log odds so that the F1 of tiles with anything in them is largest; 0 without any.

    Where classes were drawn equally often, the rare ones are called too often: their share in real slides is told here.
    """
    odds, truths = [], []
    for case in cases:
        if case.key in seen and target.name in case.labels:
            one, mask = seen[case.key], held_as_mask(case.labels[target.name], target)
            share = shares_of(mask, one.tiles, where=assessed(case, target, mask.grid))
            told = ~np.isnan(share).any(axis=0)
            logits = one.said.logits[told]
            odds.append(logits[:, 1:].max(axis=1) - logits[:, 0])
            truths.append(share[:, told].argmax(axis=0) > 0)
    if not truths or not np.concatenate(truths).any() or np.concatenate(truths).all():
        return 0.0
    score, truth = np.concatenate(odds), np.concatenate(truths)
    called = score[None] > BORDERS[:, None]  # (B, N)
    right = (called & truth[None]).sum(axis=1)
    f1 = 2 * right / np.maximum(called.sum(axis=1) + truth.sum(), 1)
    best = BORDERS[f1 >= f1.max() - 1e-12]
    return float(best[np.abs(best - np.median(best)).argmin()])


def _answer(network: BagNetwork, bag: SaidBag, rng: np.random.Generator) -> Tensor:
    """Return what is said of a bag, or of some of its tiles where there are many."""
    count = bag.features.shape[2]
    if count <= MOST or network.by_map:
        said: Tensor = network(bag.features, bag.logits, _there(bag))
        return said
    index = torch.from_numpy(rng.choice(count, MOST, replace=False))
    some: Tensor = network(bag.features[:, :, index], bag.logits[:, :, index], _there(bag)[:, :, index])
    return some


def _there(bag: SaidBag) -> Tensor:
    return torch.ones(1, 1, bag.features.shape[2])


def _truths(bags: Sequence[SaidBag]) -> NDArray[np.float32]:
    return np.stack([bag.truth for bag in bags])
