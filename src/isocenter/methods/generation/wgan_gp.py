"""WGAN-GP: the same networks as DCGAN, a critic of slope 1 instead of a classifier.

In:   pictures; covariates that are words are conditions.
Out:  one image a request.
Not:  no volumes.

Reference: Gulrajani et al., NeurIPS 2017, arXiv:1704.00028.
"""

from isocenter.core.method import Card
from isocenter.methods.generation._adversarial import AdversarialMethod

METHOD = AdversarialMethod(
    Card(
        name="wgan_gp",
        task="generation",
        answers=frozenset({"image"}),
        learned=True,
        cite="Gulrajani et al., NeurIPS 2017, arXiv:1704.00028",
        differs="three critic steps a generator step where the paper has five; the averaged generator answers",
        reads="pictures",
    ),
    {
        "pair": ("dcgan", "the paper's networks"),
        "adversary": ("wasserstein", "the method's own"),
        "critic_steps": (3, "a critic must be near its best for its slope to mean something"),
        "learning_rate": (3e-4, "the penalty keeps larger steps steady"),
    },
)
