"""What an anomaly study asks about, and which of its cases are normal.

In:   a study, cases.
Out:  the targets answered; whether a case is known to be abnormal; the pictures of a case.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from isocenter.core.case import Case
from isocenter.core.errors import StudyError
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.learning.exam.items import images_of


def asked(study: Study) -> tuple[Target, ...]:
    """Return the targets of classes and masks. StudyError for none of classes, or for classes that are not two."""
    found = tuple(t for t in study.targets if t.type in ("class", "mask"))
    classes = [t for t in found if t.type == "class"]
    if not classes:
        raise StudyError(
            "expected a target of type class that says which cases are normal, got none. Add one: "
            "{name: finding, type: class, columns: finding, classes: [normal, abnormal], use: score}"
        )
    for target in classes:
        if len(target.classes) != 2:
            raise StudyError(
                f"expected two classes, normal first, for target {target.name} of an anomaly study, got {len(target.classes)}: an "
                "anomaly has no kind. Put the kinds in a covariate and name it under `groups:`."
            )
    return found


def abnormal(case: Case, targets: Iterable[Target]) -> bool:
    """Tell whether a label says that a case is not normal: a class other than the first, or a mask with something in it."""
    for target in targets:
        label = case.labels.get(target.name)
        if isinstance(label, Scores) and label.best > 0:
            return True
        if isinstance(label, Mask) and bool(np.any(label.labels.array())):
            return True
    return False


def normal_cases(cases: Iterable[Case], targets: Sequence[Target]) -> Iterator[Case]:
    """Yield the cases not known to be abnormal; one without a label is taken for normal."""
    return (case for case in cases if not abnormal(case, targets))


def pictures_of(case: Case, name: str) -> tuple[Image, ...]:
    """Return the images of an input: one, those of a bag, none."""
    return images_of(case.inputs[name]) if name in case.inputs else ()
