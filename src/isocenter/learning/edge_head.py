"""Edge head: one more output that answers where classes border on one another, learned beside them to sharpen borders.

In:   a network with one channel more than there are classes; targets (N, *S) of classes or (N, K, *S) of overlapping regions.
Out:  a network that shows the edge channel in training or when asked to; the loss of both; edges of a target.
Not:  no network of its own (networks/): the edges are read from the features the classes are read from, at every supervised level.

Reference: Polzounov et al., WordFence, ICIP 2017, arXiv:1705.05483 (borders predicted beside regions);
           Chen H et al., DCAN, CVPR 2016, arXiv:1604.02677 (an auxiliary output for contours).
Differs:   one output beside the classes, not a class of its own: a sample at an edge keeps its class.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from isocenter.learning.losses.binary_dice_cross_entropy import binary_dice_cross_entropy_loss

Loss = Callable[..., Tensor]


class EdgeNetwork(nn.Module):
    """image -> logits of the classes; in training, or where `shown`, with the edges' logits as last channel."""

    def __init__(self, network: nn.Module) -> None:
        """Hold a network whose last output channel is the edges'."""
        super().__init__()
        self.network = network
        self.shown = False

    def forward(self, image: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Return logits; see the class."""
        logits: Tensor | tuple[Tensor, ...] = self.network(image)
        if self.training or self.shown or not isinstance(logits, Tensor):
            return logits
        return logits[:, :-1]


def with_edges(loss: Loss, weight: float) -> Loss:
    """Return a loss of logits with an edge channel: `loss` of the classes + weight * Dice and cross-entropy of the edges."""

    def both(logits: Tensor, target: Tensor) -> Tensor:
        edges = binary_dice_cross_entropy_loss(logits[:, -1:], class_edges(target, axes=logits.ndim - 2))
        return loss(logits[:, :-1], target) + weight * edges

    return both


def class_edges(target: Tensor, *, axes: int) -> Tensor:
    """Return where a sample differs from a neighbor along an axis: both of the two samples are edge.

    target : (N, *S) int64, -1 = not assessed; or (N, K, *S) float regions, NaN = not assessed
    axes   : of space, 2 or 3
    return : (N, 1, *S) float32 of 0 and 1; NaN = not assessed. A neighbor that was not assessed makes no edge.
    """
    regions = target.unsqueeze(1) if target.ndim == axes + 1 else target  # (N, K, *S)
    unknown = regions.isnan() if regions.is_floating_point() else regions < 0
    edge = torch.zeros_like(regions, dtype=torch.bool)
    for axis in range(2, 2 + axes):
        last = regions.shape[axis] - 1
        differs = regions.narrow(axis, 0, last) != regions.narrow(axis, 1, last)
        differs = differs & ~unknown.narrow(axis, 0, last) & ~unknown.narrow(axis, 1, last)
        edge.narrow(axis, 0, last).logical_or_(differs)
        edge.narrow(axis, 1, last).logical_or_(differs)
    found = edge.any(dim=1, keepdim=True).float()
    return found.masked_fill(unknown.any(dim=1, keepdim=True), torch.nan)
