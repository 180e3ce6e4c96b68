"""DCGAN: convolutions up against convolutions down, a classifier's loss.

In:   pictures; covariates that are words are conditions.
Out:  one image a request.
Not:  no volumes.

Reference: Radford, Metz & Chintala, ICLR 2016, arXiv:1511.06434.
"""

from isocenter.core.method import Card
from isocenter.methods.generation._adversarial import AdversarialMethod

METHOD = AdversarialMethod(
    Card(
        name="dcgan",
        task="generation",
        answers=frozenset({"image"}),
        learned=True,
        cite="Radford, Metz & Chintala, ICLR 2016, arXiv:1511.06434",
        differs="sized for a stated budget of minutes; the averaged generator answers",
        reads="pictures",
    ),
    {"pair": ("dcgan", "the method's own"), "adversary": ("non_saturating", "the method's own")},
)
