"""Residual regression: a network learns what must be added to the input, by its distance to the true image alone.

In:   pairs of images on one grid: noisy and clean, coarse and fine.
Out:  the image wanted, in the input's geometry.
Not:  no critic: pix2pix.py has one. Nothing keeps it from smoothing away what is rare; `favor` weighs chosen structures up.

Reference: Zhang et al., Beyond a Gaussian denoiser, IEEE Trans Image Process 2017; 26:3142-3155.
Differs:   a U-Net sized for a stated budget in place of 17 plain layers; factors and offset, fitted to the pairs, bring the input
           to the target's scale.
"""

from isocenter.core.method import Card
from isocenter.methods.translation._adversarial import AdversarialTranslation
from isocenter.methods.translation._paired import build

METHOD = AdversarialTranslation(
    Card(
        name="residual_regression",
        task="translation",
        answers=frozenset({"image"}),
        learned=True,
        cite="Zhang et al., IEEE Trans Image Process 2017; 26:3142",
        differs="a U-Net sized for a stated budget; factors and offset fitted to the pairs bring the input to the target's scale",
    ),
    build,
    preset={
        "residual": (True, "the answer is the input and little besides"),
        "adversarial": (0.0, "no critic is asked: what it would put in is invented"),
        "fidelity": (1.0, "the only term"),
        "augmentation": (
            0.0,
            "noise put on the input would be learned to be taken off, and noise that is resampled is another noise",
        ),
        "low": (-1e5, "what is clipped could not be restored"),
        "high": (1e5, "what is clipped could not be restored"),
        "batch": (8, "a small part of the image says all there is to say about its noise"),
    },
    pairs=True,
    networks=1,
)
