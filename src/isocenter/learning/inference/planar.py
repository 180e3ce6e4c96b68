"""A 2-D network on slices of a 3-D image.

In:   a 2-D network and the axis along which slices are stacked.
Out:  a module for windows with one sample along that axis, as sliding_window.py cuts them.
Not:  no context between slices.
"""

from torch import Tensor, nn


class PlanarNetwork(nn.Module):
    """image (N, C, …) with one sample along `axis` of space -> logits of the same form."""

    def __init__(self, network: nn.Module, axis: int) -> None:
        super().__init__()
        self.network = network
        self.axis = axis

    def forward(self, image: Tensor) -> Tensor:
        """Drop the axis, predict, put it back."""
        logits: Tensor = self.network(image.squeeze(self.axis + 2))  # (N, K, A, B)
        return logits.unsqueeze(self.axis + 2)
