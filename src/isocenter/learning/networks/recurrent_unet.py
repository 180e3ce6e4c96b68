"""Recurrent U-Net: a 2-D U-Net on each slice of a run, convolutional recurrent units between the slices at its bottleneck.

In:   image (N, C_in, *S), a run of slices; the axes in the plane divisible by the product of their strides.
Out:  logits (N, C_out, *S).
Not:  no convolution across slices: whatever one slice knows of another passed the recurrent units.

Reference: Poudel, Lamata & Montana, RAMBO 2016, arXiv:1608.03974 (a gated recurrent unit at a U-Net's bottleneck);
           Chen J et al., NIPS 2016, arXiv:1609.01006 (both directions).
Differs:   both directions, added to each slice's own features; instance normalization is over the run, not over each slice.
           The state starts anew with every window of slices.
"""

from dataclasses import dataclass

from torch import nn

from isocenter.core.errors import PlanError
from isocenter.core.method import Card
from isocenter.learning.levels import total_stride
from isocenter.learning.network import Network
from isocenter.learning.networks.unet import UNet, UNetConfig
from isocenter.learning.slice_recurrence import SliceRecurrence

RUN = 8
"""Slices a patch holds, unless the plan's user says otherwise."""


@dataclass(frozen=True, kw_only=True)
class RecurrentUNetConfig(UNetConfig):
    """Shape of one recurrent U-Net; strides and kernels are 1 along the axis of the slices, in 2-D there is none."""

    def __post_init__(self) -> None:
        """Fill in strides and kernels; slices lie along the last axis unless said. PlanError when the numbers make no network."""
        if self.dimensions == 3:
            levels = len(self.widths)
            if not self.strides:
                object.__setattr__(self, "strides", ((1, 1, 1), *(((2, 2, 1),) * (levels - 1))))
            if not self.kernels:
                object.__setattr__(self, "kernels", ((3, 3, 1),) * levels)
        super().__post_init__()
        if self.dimensions == 3 and len(self._whole()) != 1:
            raise PlanError(
                "expected strides and kernels of 1 on one axis at every level, that of the slices, got strides "
                f"{self.strides} and kernels {self.kernels}. Leave both to the plan."
            )

    @property
    def slice_axis(self) -> int | None:
        """The axis along which slices are stacked; None in 2-D."""
        return self._whole()[0] if self.dimensions == 3 else None

    def _whole(self) -> list[int]:
        """Axes nothing is convolved or strided along."""
        ones = (1,) * len(self.widths)
        sizes = zip(zip(*self.strides, strict=True), zip(*self.kernels, strict=True), strict=True)
        return [axis for axis, (strides, kernels) in enumerate(sizes) if strides == ones and kernels == ones]


class RecurrentUNet(UNet):
    """image (N, C_in, *S) -> logits (N, C_out, *S), or in supervised training a tuple of logits, finest first."""

    def __init__(self, config: RecurrentUNetConfig) -> None:
        super().__init__(config)
        self.bottleneck: nn.Module = SliceRecurrence(config.widths[-1], config.slice_axis)


NETWORK = Network(
    card=Card(
        name="recurrent_unet",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=True,
        cite="Poudel et al., RAMBO 2016, arXiv:1608.03974; Ballas et al., ICLR 2016, arXiv:1511.06432",
        differs="both directions, added to each slice's own features; instance normalization over the run of slices",
    ),
    config=RecurrentUNetConfig,
    build=RecurrentUNet,
    divisor=lambda config: total_stride(config.strides),
    run=RUN,
)
