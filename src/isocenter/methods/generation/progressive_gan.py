"""Progressively growing GAN: 4 × 4 samples first, each doubling faded in.

In:   pictures; covariates that are words are conditions.
Out:  one image a request; of a training that was ended before it was grown, at the size it had.
Not:  no volumes.

Reference: Karras et al., ICLR 2018, arXiv:1710.10196.
"""

from isocenter.core.method import Card
from isocenter.methods.generation._adversarial import AdversarialMethod

METHOD = AdversarialMethod(
    Card(
        name="progressive_gan",
        task="generation",
        answers=frozenset({"image"}),
        learned=True,
        cite="Karras et al., ICLR 2018, arXiv:1710.10196",
        differs="narrower; sized for a stated budget of minutes",
        reads="pictures",
    ),
    {
        "pair": ("progressive", "the method's own"),
        "adversary": ("wasserstein", "the paper's loss"),
        "learning_rate": (1e-3, "the paper's; weights are scaled when used"),
        "first_moment": (0.0, "the paper's"),
        "batch": (16, "the paper's for small images"),
    },
)
