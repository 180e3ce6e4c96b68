"""A fitted anomaly method: a scorer of framed images, and the levels above which something is called abnormal.

In:   cases.
Out:  a stream of Predictions: the probability-like score of each class target, a mask and its map for each mask target, in the
      image's own geometry; model.json, and what the scorer keeps.
Not:  no calibrated probability: 0.5 lies where 1 in 20 normal tuning images does.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError, StudyError
from isocenter.core.image import Image, held_image
from isocenter.core.mask import held_mask
from isocenter.core.prediction import Prediction
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.imaging.resample import zoom_to
from isocenter.learning.exam.items import units_of
from isocenter.methods._frame import as_frame
from isocenter.methods.anomaly._calibrate import Levels, Map, score_of
from isocenter.methods.anomaly._normals import pictures_of
from isocenter.methods.anomaly._settings import DetectorSettings


class Scorer(Protocol):
    """What a method learned."""

    def score(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how unlike normal each sample is, (N, side, side) >= 0, of images (N, C, side, side) in [-1, 1]."""
        ...

    def save(self, folder: Path) -> None:
        """Write it beside model.json; nothing pickled."""
        ...


class Detector:
    """See Model in core/method.py."""

    def __init__(
        self, scorer: Scorer, *, input_: str, targets: Sequence[Target], settings: DetectorSettings, levels: Levels, ended: str = ""
    ) -> None:
        """Hold a scorer. ended: why the training ended before its last step; "" = it did not."""
        self.scorer, self.input, self.targets = scorer, input_, tuple(targets)
        self.settings, self.levels, self.ended = settings, levels, ended

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case; rows of one patient are answered together where the label is the patient's."""
        del scratch
        for unit in units_of(cases, per_patient=any(t.per == "patient" for t in self.targets)):
            scores: list[float] = []
            said: list[Prediction] = []
            for case in unit:
                try:
                    found = self.look(case)
                except (IsocenterError, OSError, ValueError, EOFError) as error:
                    said.append(Prediction(case=case.key, answers={}, refused=str(error)))
                    continue
                scores += [score_of(one, self.settings.top_share) for _, one in found]
                said.append(self._where(case, found))
            largest = max(scores, default=0.0)
            for one in said:
                answers = {} if one.refused else {t.name: self._class(t, largest) for t in self.targets if t.type == "class"}
                yield dataclasses.replace(one, answers={**answers, **one.answers})

    def look(self, case: Case) -> list[tuple[Image, Map]]:
        """Return the case's images with their maps (side, side). StudyError when it shows none."""
        images = pictures_of(case, self.input)
        if not images:
            raise StudyError(f"case {case.key}: expected an image as input {self.input}, got none.")
        return list(zip(images, maps_of(self.scorer, images, self.settings, where=case.key), strict=True))

    def save(self, folder: Path) -> None:
        """Write model.json, and what the scorer keeps."""
        folder.mkdir(parents=True, exist_ok=True)
        text = {
            "input": self.input,
            "targets": [target.model_dump(mode="json") for target in self.targets],
            "settings": dataclasses.asdict(self.settings),
            "levels": dataclasses.asdict(self.levels),
            "ended": self.ended,
        }
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")
        self.scorer.save(folder)

    def _class(self, target: Target, score: float) -> Scores:
        p = score / (score + self.levels.image)
        return Scores(p=np.array([1.0 - p, p]), names=target.classes)

    def _where(self, case: Case, found: Sequence[tuple[Image, Map]]) -> Prediction:
        """Return masks and maps on the image's own grid; of a bag, which has no one grid, none."""
        if len(found) != 1:
            return Prediction(case=case.key, answers={})
        image, framed = found[0]
        cut = self.levels.sample
        samples = np.maximum(zoom_to(framed[None], image.grid.shape, order=1)[0], 0.0)  # (*S)
        share = np.asarray(samples / (samples + cut), np.float32)
        masks = [t for t in self.targets if t.type == "mask"]
        answers: dict[str, Value] = {t.name: held_mask((samples > cut).astype(np.uint8), image.grid, t.classes) for t in masks}
        names = [f"{t.name}:probability" for t in masks] or [f"{t.name}:map" for t in self.targets]
        shown = {t.name: t.classes[1] for t in self.targets}
        extras = {name: held_image(share[None], image.grid, channels=(shown[name.split(":")[0]],)) for name in names}
        return Prediction(case=case.key, answers=answers, extras=extras)


def maps_of(scorer: Scorer, images: Sequence[Image], settings: DetectorSettings, *, where: str) -> list[Map]:
    """Return the smoothed map (side, side) of each image."""
    framed = np.stack([as_frame(image, settings, where=where) for image in images])
    raw = scorer.score(framed)
    if not np.isfinite(raw).all():
        raise StudyError(f"case {where}: expected a finite score of every sample, got none. Look at the image, and train again.")
    return [np.asarray(ndimage.gaussian_filter(one, settings.smooth) if settings.smooth else one, np.float32) for one in raw]
