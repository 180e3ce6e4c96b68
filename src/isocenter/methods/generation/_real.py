"""Learning images handed out as if they were generated, whole or harmed: rungs of the ladder a score must climb.

In:   the learning images.
Out:  one of them a request.
Not:  no generator. The model folder holds the images: do not pass it on where the images may not go.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.method import Card
from isocenter.methods.generation._fitted import Arrays, Fitted


class RealImages(Fitted):
    """A learning image drawn at random."""

    def __init__(self, name: str, differs: str) -> None:
        self.card = Card(
            name=name, task="generation", answers=frozenset({"image"}), learned=False,
            cite="Bińkowski et al., ICLR 2018, arXiv:1801.01401", differs=differs, reads="pictures",
        )  # fmt: skip

    def keep(self, images: NDArray[np.float32]) -> Arrays:
        """Return all of them."""
        return {"images": images}

    def draw(self, arrays: Arrays, rng: np.random.Generator) -> NDArray[np.floating]:
        """Return one of them, harmed."""
        return self.harmed(arrays["images"][rng.integers(len(arrays["images"]))], rng)

    def harmed(self, image: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.floating]:
        """Return the image as it is."""
        del rng
        return image
