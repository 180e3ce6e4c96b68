"""Randomized networks: a map that stays the same when the weights are lost did not come from them.

In:   a network; two maps.
Out:  copies whose layers are random from the answer down; the rank correlation of two maps.
Not:  no retraining on permuted labels, the other half of the cited test.

Reference: Adebayo et al., Sanity checks for saliency maps, NeurIPS 2018, arXiv:1810.03292 (cascading randomization).
"""

import copy
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from isocenter.metrics.correlation import spearman


def cascade(network: nn.Module, *, rng: np.random.Generator, stages: int) -> Iterator[tuple[float, nn.Module]]:
    """Yield the share of layers that are random and a copy of the network in which they are, more in each stage, at last all.

    Layers become random from the last to the first. A matrix of weights is drawn anew with the size its weights had; the numbers
    of a layer that has one a channel (bias, scale) are shuffled.
    """
    lost = copy.deepcopy(network)
    layers = [m for m in lost.modules() if any(True for _ in m.parameters(recurse=False))][::-1]
    done = 0
    for stage in range(1, stages + 1):
        upto = round(len(layers) * stage / stages)
        for layer in layers[done:upto]:
            _randomize(layer, rng)
        done = upto
        yield upto / max(len(layers), 1), copy.deepcopy(lost).eval()


def _randomize(layer: nn.Module, rng: np.random.Generator) -> None:
    with torch.no_grad():
        for parameter in layer.parameters(recurse=False):
            if parameter.ndim >= 2:
                size = float(parameter.float().square().mean().sqrt())
                drawn = rng.standard_normal(tuple(parameter.shape), dtype=np.float32) * np.float32(size)
                parameter.copy_(torch.from_numpy(drawn))
            else:
                parameter.copy_(parameter[torch.from_numpy(rng.permutation(parameter.numel()))] if parameter.ndim else parameter)


def map_correlation(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Return Spearman's rho in [-1, 1] of how important two maps of one shape hold each place, whichever way it speaks.

    0 when one of them is flat: a map that says nothing any more has changed. NaN when the first is.
    """
    one, other = (np.abs(np.asarray(each, float)).ravel() for each in (first, second))
    if np.ptp(one) == 0:
        return float("nan")
    rho = float(spearman(one, other, np.ones((1, one.size)))[0])
    return 0.0 if np.isnan(rho) else rho
