"""A pool of images made earlier: the critic is shown some of them again, so that it does not forget what it has seen through.

In:   made images (N, C, *S).
Out:  as many, each with probability 1/2 an earlier one in exchange.
Not:  no gradient: a critic alone looks at them.

Reference: Shrivastava et al., CVPR 2017, arXiv:1612.07828.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor


class ImagePool:
    """Keeps at most `size` images; its generator is the caller's, and so is the generator's state."""

    def __init__(self, generator: np.random.Generator, *, size: int = 50) -> None:
        self._generator, self._size = generator, size
        self._held: list[Tensor] = []

    def exchange(self, images: Tensor) -> Tensor:
        """Return images to judge, (N, C, *S): the new ones, some exchanged for earlier ones."""
        shown = []
        for image in images.detach():
            if len(self._held) < self._size:
                self._held.append(image.clone())
                shown.append(image)
            elif self._generator.random() < 0.5:
                place = int(self._generator.integers(self._size))
                shown.append(self._held[place])
                self._held[place] = image.clone()
            else:
                shown.append(image)
        return torch.stack(shown)

    def state(self) -> Mapping[str, Any]:
        """Return what is held."""
        return {"held": list(self._held)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a pool."""
        self._held = list(state["held"])
