"""What a method of images says where learning cases show none.

In:   fingerprint, study.
Out:  StudyError that names the methods for reports, where reports are what the study shows.
"""

from collections.abc import Mapping
from typing import Any

from isocenter.core.errors import StudyError
from isocenter.core.study import Study
from isocenter.methods.registry import method_of, task_of, that_read


def check_images(fingerprint: Mapping[str, Any], study: Study | None = None) -> None:
    """Refuse to plan where no learning case has an image. StudyError. study : None = of a task no text is shown to."""
    if fingerprint.get("shapes"):
        return
    if study is not None and study.texts:
        raise StudyError(
            f"expected learning cases with images for method {method_of(study).card.name}, got text alone "
            f"({', '.join(study.texts)}). {that_read(task_of(study).name, 'text')}"
        )
    raise StudyError("expected learning cases with images, got none. Look at: isocenter check STUDY")
