"""What the simple methods of this task share: a number or a word a target, JSON, one answer a case.

In:   what was learned of each target, and how a frame follows from it.
Out:  SimpleModel.
Not:  no learning (mean_frame.py, bright_area.py).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from isocenter.core.case import Case
from isocenter.core.errors import FileError, IsocenterError
from isocenter.core.image import Image
from isocenter.core.prediction import Prediction
from isocenter.core.study import Target
from isocenter.methods.frame_localization._series import answer, image_of

Found = Callable[[Image, list[Any]], list[float]]
"""(series, what was learned of each target) -> a frame of each, from 0."""


class SimpleModel:
    """See Model in core/method.py."""

    def __init__(self, data: Mapping[str, Any], found: Found) -> None:
        """Hold what was learned: inputs, targets, learned (one a target), first."""
        self.data, self._found = dict(data), found
        self.targets = [Target.model_validate(target) for target in data["targets"]]

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case; a case without a series is refused, and the stream goes on."""
        del scratch
        for case in cases:
            try:
                frames = self._found(image_of(case, self.data["inputs"]), self.data["learned"])
            except (IsocenterError, OSError, ValueError, EOFError) as error:
                yield Prediction(case=case.key, answers={}, refused=str(error))
                continue
            pairs = zip(self.targets, frames, strict=True)
            yield Prediction(case=case.key, answers={t.name: answer(frame, t, self.data["first"]) for t, frame in pairs})

    def save(self, folder: Path) -> None:
        """Write model.json."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.json").write_text(json.dumps(self.data, indent=1), encoding="utf-8")


def load_simple(folder: Path, name: str, found: Found) -> SimpleModel:
    """Return the model `save` wrote. FileError if the folder holds none."""
    try:
        return SimpleModel(json.loads((folder / "model.json").read_text(encoding="utf-8")), found)
    except (OSError, KeyError, ValueError) as error:
        raise FileError(f"expected a saved {name} model in {folder}, got none ({error}). Train it first.") from error
