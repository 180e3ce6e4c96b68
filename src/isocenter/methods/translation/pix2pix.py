"""pix2pix: from pairs, near the true image and such that a critic of neighborhoods finds nothing made about it.

In:   images of one or several inputs, and the image wanted of the same case.
Out:  that image in the input's geometry.
Not:  no pairs, no pix2pix: cyclegan.py learns without.

Reference: Isola et al., CVPR 2017, arXiv:1611.07004.
Differs:   U-Net sized for a stated budget, with instance normalization and without dropout; least-squares adversary; averaged
           generator. `adversarial: 0` is the plain regression beside it.
"""

from isocenter.core.method import Card
from isocenter.methods.translation._adversarial import AdversarialTranslation
from isocenter.methods.translation._paired import build

METHOD = AdversarialTranslation(
    Card(
        name="pix2pix",
        task="translation",
        answers=frozenset({"image"}),
        learned=True,
        cite="Isola et al., CVPR 2017, arXiv:1611.07004",
        differs="a U-Net sized for a stated budget, without dropout; least-squares adversary; the averaged generator answers",
    ),
    build,
    preset={
        "fidelity": (100.0, "the paper's, for an adversary of weight 1"),
        "batch": (4, "critic and generator need many turns more than steady ones"),
    },
    pairs=True,
    networks=2,
)
