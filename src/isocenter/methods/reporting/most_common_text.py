"""Most common text: the report written most often, for everybody. In many archives it is the normal one.

In:   labels of kind text.
Out:  one text; among equally frequent ones, the one met first.
Not:  no image is opened.

Reference: Boag et al., Baselines for chest X-ray report generation, ML4H at NeurIPS 2019, PMLR 116:126-140.
"""

from collections import Counter
from collections.abc import Sequence

from isocenter.core.method import Card
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.methods._baselines.constant import Constant


class MostCommonText(Constant):
    """The mode of the texts."""

    card = Card(
        name="most_common_text",
        task="reporting",
        answers=frozenset({"text"}),
        learned=False,
        cite="Boag et al., Baselines for chest X-ray report generation, PMLR 2020; 116:126-140.",
        differs="The most frequent whole report, not one drawn at random.",
    )

    def answer(self, target: Target, labels: Sequence[Value]) -> Value | None:
        """Return the most frequent text, compared without surrounding blanks; None if there is none."""
        del target
        texts = Counter(label.strip() for label in labels if isinstance(label, str) and label.strip())
        return texts.most_common(1)[0][0] if texts else None


METHOD = MostCommonText()
