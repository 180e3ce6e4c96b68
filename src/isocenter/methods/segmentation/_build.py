"""The network of a segmentation: one of the registry, with an edge output beside its classes where one is asked for.

In:   settings and how many classes there are. Out: a module with random weights.
"""

from torch import nn

from isocenter.learning.edge_head import EdgeNetwork
from isocenter.methods._patches.learner import build_network
from isocenter.methods.segmentation._unet_config import UNetSettings


def build_segmentation(settings: UNetSettings, *, outputs: int) -> nn.Module:
    """Return a network that answers with so many channels; in training with one more, if edges are learned."""
    if settings.edge_weight == 0:
        return build_network(settings, outputs=outputs)
    return EdgeNetwork(build_network(settings, outputs=outputs + 1))
