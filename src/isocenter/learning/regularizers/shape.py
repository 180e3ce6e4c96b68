"""Shape regularizer: an auto-encoder that has learned what masks look like says how far an answer's shape is from the true one.

In:   logits and targets of a batch; before it, masks alone, from which the auto-encoder learns. Of networks that make images: made
      and true images; before them, masks alone, and then which image goes with which mask's code.
Out:  the added cost: the squared distance of both codes.

Reference: Oktay et al., ACNN, IEEE Trans Med Imaging 2018; 37:384-395, arXiv:1705.08302; of images by way of the TL network of
           Girdhar et al., ECCV 2016, arXiv:1603.08637.
Differs:   the auto-encoder knows masks of one patch, not of a whole organ; codes are standardized over the masks it learned from,
           so that a distance of 1 is that of one standard deviation in every number. Masks and images are learned one after the
           other, not once more together.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from isocenter.core.method import Card
from isocenter.learning.regularizer import RegularizerConfig, RegularizerKind, answer_maps, truth_maps
from isocenter.learning.stage import CONVOLUTION, NORMALIZATION

USUAL = 0.1
"""Weight of the distance of codes beside a loss near 1."""
CODE = 64
"""Numbers that describe a mask."""
SMALLEST = 8
"""Samples an axis keeps at least."""
WIDTHS = (16, 32, 64, 64, 64, 64)
LINEAR = {2: "bilinear", 3: "trilinear"}


class CodeEncoder(nn.Module):
    """maps or images (N, C, *patch) -> code (N, CODE)."""

    def __init__(self, patch: Sequence[int], channels: int, *, standardized: bool) -> None:
        """Build it for one size of patch; standardized: each number of the code has variance 1 over what is learned from."""
        super().__init__()
        axes, sizes = len(patch), [tuple(patch)]
        layers: list[nn.Module] = []
        n_in = channels
        for n_out in WIDTHS:
            stride = tuple(2 if n >= 2 * SMALLEST else 1 for n in sizes[-1])
            if max(stride) == 1:
                break
            layers += [CONVOLUTION[axes](n_in, n_out, 3, stride, 1), NORMALIZATION["batch"][axes](n_out), nn.LeakyReLU(0.1)]
            sizes.append(tuple((n + s - 1) // s for n, s in zip(sizes[-1], stride, strict=True)))
            n_in = n_out
        self.down = nn.Sequential(*layers)
        self.deepest, self.sizes = (n_in, *sizes[-1]), sizes[::-1]
        last = [nn.BatchNorm1d(CODE, affine=False)] if standardized else []
        self.code = nn.Sequential(nn.Flatten(), nn.Linear(prod(self.deepest), CODE), *last)

    def forward(self, shown: Tensor) -> Tensor:
        """Return the codes."""
        code: Tensor = self.code(self.down(shown))  # (N, CODE)
        return code


class MaskAutoEncoder(nn.Module):
    """maps (N, K, *patch) -> logits (N, K, *patch), by way of a code (N, CODE)."""

    def __init__(self, patch: Sequence[int], classes: int) -> None:
        """Build it for masks of one size."""
        super().__init__()
        axes = len(patch)
        self.encode = CodeEncoder(patch, classes, standardized=True)
        self.spread = nn.Linear(CODE, prod(self.encode.deepest))
        levels = len(self.encode.sizes)
        self.up = nn.ModuleList(
            nn.Sequential(
                CONVOLUTION[axes](a, b, 3, 1, 1),
                *([NORMALIZATION["batch"][axes](b), nn.LeakyReLU(0.1)] if at < levels - 1 else []),
            )
            for at, (a, b) in enumerate(_pairs(self.encode.deepest[0], classes, levels))
        )
        self.mode = LINEAR[axes]

    def forward(self, maps: Tensor) -> Tensor:
        """Return logits of the mask drawn again from its code."""
        sizes = self.encode.sizes
        x = self.spread(self.encode(maps)).unflatten(1, self.encode.deepest)
        for at, layer in enumerate(self.up):
            x = layer(x)
            if at + 1 < len(sizes):
                x = interpolate(x, size=sizes[at + 1], mode=self.mode, align_corners=False)
        logits: Tensor = x  # (N, K, *patch)
        return logits


class ShapeRegularizer:
    """See Regularizer in regularizer.py."""

    def __init__(self, config: RegularizerConfig) -> None:
        """Draw an auto-encoder's weights."""
        self.classes, self.weight = config.classes, USUAL * config.weight
        with torch.random.fork_rng(devices=[]):  # the network's own draws stay what they are without it
            torch.manual_seed(config.seed)
            self.shapes = MaskAutoEncoder(config.patch, config.classes)
        self.learns_first: nn.Module | None = self.shapes

    def to(self, device: torch.device) -> None:
        """Move to the network's device."""
        self.shapes.to(device)

    def cost(self, image: Tensor, logits: Tensor, target: Tensor) -> Tensor:
        """Return the weighed mean squared distance of the codes, ()."""
        del image
        self.shapes.eval().requires_grad_(False)  # what shapes are was learned before
        truth = self.shapes.encode(truth_maps(target, self.classes, logits.ndim - 2))
        gap: Tensor = self.shapes.encode(answer_maps(logits, target, self.classes)) - truth
        return self.weight * gap.square().mean()

    def state(self) -> Mapping[str, Any]:
        """Return the auto-encoder."""
        return {"shapes": self.shapes.state_dict()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.shapes.load_state_dict(state["shapes"])


class ImageShapeRegularizer:
    """See ImageRegularizer in regularizer.py.

    Both codes are those of images, the true mask's is not compared with: where the network of images is wrong about a true image,
    it is so on both sides, and the cost of the true image is 0 whatever was learned.
    """

    def __init__(self, config: RegularizerConfig) -> None:
        """Draw both networks' weights."""
        self.weight = USUAL * config.weight
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.of_masks = MaskAutoEncoder(config.patch, config.classes)
            self.of_images = CodeEncoder(config.patch, config.channels, standardized=False)

    def wanted(self, maps: Tensor) -> Tensor:
        """Return the codes of masks, (N, CODE)."""
        with torch.no_grad():
            code: Tensor = self.of_masks.eval().encode(maps)
        return code

    def to(self, device: torch.device) -> None:
        """Move to the network's device."""
        self.of_masks.to(device)
        self.of_images.to(device)

    def cost(self, made: Tensor, true: Tensor) -> Tensor:
        """Return the weighed mean squared distance of the codes, ()."""
        self.of_images.eval().requires_grad_(False)  # what images say of masks was learned before
        with torch.autocast(made.device.type, enabled=False):  # codes of like images differ in digits bfloat16 does not have
            gap: Tensor = self.of_images(made.float()) - self.of_images(true.float())
        return self.weight * gap.square().mean()

    def state(self) -> Mapping[str, Any]:
        """Return both networks."""
        return {"of_masks": self.of_masks.state_dict(), "of_images": self.of_images.state_dict()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.of_masks.load_state_dict(state["of_masks"])
        self.of_images.load_state_dict(state["of_images"])


def _pairs(deepest: int, classes: int, levels: int) -> Sequence[tuple[int, int]]:
    """Return the channels into and out of every level on the way up, coarsest first."""
    down = [*WIDTHS[: levels - 1]][::-1]  # as they were on the way down, coarsest first
    outs = [*down[1:], WIDTHS[0], classes][:levels] if levels > 1 else [classes]
    return list(zip([deepest, *outs[:-1]], outs, strict=True))


REGULARIZER = RegularizerKind(
    card=Card(
        name="shape", task="segmentation", answers=frozenset({"mask"}), learned=True,
        cite="Oktay et al., IEEE Trans Med Imaging 2018; 37:384-395, arXiv:1705.08302",
        differs="masks of one patch; standardized codes; of images: masks and images learned one after the other",
    ),
    build=ShapeRegularizer,
    of_images=ImageShapeRegularizer,
)  # fmt: skip
