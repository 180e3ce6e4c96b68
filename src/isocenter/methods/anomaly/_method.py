"""What every anomaly method does alike: frame the normal learning images, learn, set the levels on tuning cases.

In:   a study whose class target says what is normal.
Out:  AnomalyMethod, to be made with a card, settings and a way to learn.
Not:  no way to learn: each method is a file.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Cases
from isocenter.core.errors import StudyError
from isocenter.core.journal import Journal
from isocenter.core.mask import Mask
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.imaging.resample import average_to
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods._frame import as_frame
from isocenter.methods._framing import frame_of
from isocenter.methods.anomaly._calibrate import Levels, Map, levels_of
from isocenter.methods.anomaly._detector import Detector, Scorer, maps_of
from isocenter.methods.anomaly._normals import abnormal, asked, normal_cases, pictures_of
from isocenter.methods.anomaly._settings import DetectorSettings, side_of


class Learned(Record):
    """A scorer, and why its training ended early ("" = it did not)."""

    scorer: Scorer
    ended: str = ""


class AnomalyMethod(ABC):
    """See Method in core/method.py."""

    card: Card
    settings: type[DetectorSettings]

    @abstractmethod
    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting, with its reason."""

    @abstractmethod
    def learn(self, images: NDArray[np.float32], settings: Any, plan: Plan, journal: Journal) -> Learned:
        """Learn from normal images (N, C, side, side) in [-1, 1]."""

    @abstractmethod
    def read(self, folder: Path, settings: Any) -> Scorer:
        """Return the scorer that `save` wrote."""

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> Detector:
        """Learn from the normal learning cases. StudyError for fewer than two images of them."""
        settings = plan.config(self.settings)
        targets, name = asked(study), next(iter(study.inputs))
        normal = list(normal_cases(learn, targets))
        images = [as_frame(image, settings, where=case.key) for case in normal for image in pictures_of(case, name)]
        if len(images) < 2:
            raise StudyError(
                f"expected at least 2 images of normal learning cases, got {len(images)} ({len(learn)} learning cases, of which "
                f"{len(learn) - len(normal)} are abnormal). Look at: isocenter check STUDY"
            )
        learned = self.learn(np.stack(images), settings, plan, journal)
        judged = tune if len(tune) else learn
        levels = _levels(learned.scorer, judged, targets, name, settings)
        return Detector(learned.scorer, input_=name, targets=targets, settings=settings, levels=levels, ended=learned.ended)

    def load(self, folder: Path) -> Detector:
        """Return the model `save` wrote."""
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        settings = as_config(self.settings, text["settings"], method=self.card.name)
        return Detector(
            self.read(folder, settings),
            input_=text["input"],
            targets=[Target.model_validate(target) for target in text["targets"]],
            settings=settings,
            levels=Levels(**text["levels"]),
            ended=text["ended"],
        )


def plain_plan(card: Card, study: Study, fingerprint: Mapping[str, Any], settings: DetectorSettings) -> Plan:
    """Return the plan of a baseline: the frame, and the settings as they are given."""
    asked(study)
    side = int(study.settings.get("side", side_of(fingerprint)))
    frame = vars(frame_of(fingerprint, side)) if fingerprint else {}
    return baseline_plan(card, study, fingerprint, type(settings)(**{**vars(settings), **frame}), {}, gigabytes=0.3)


def _levels(scorer: Scorer, cases: Cases, targets: tuple[Target, ...], name: str, settings: DetectorSettings) -> Levels:
    """Set the levels on cases. StudyError when none of them is normal."""
    normal: list[Map] = []
    ill: list[tuple[Map, NDArray[np.bool_]]] = []
    masks = [t.name for t in targets if t.type == "mask"]
    for case in cases:
        images = pictures_of(case, name)
        if not images:
            continue
        maps = maps_of(scorer, images, settings, where=case.key)
        truth = next((case.labels[n] for n in masks if isinstance(case.labels.get(n), Mask)), None)
        if not abnormal(case, targets):
            normal += maps
        elif isinstance(truth, Mask) and len(maps) == 1:
            share = average_to((truth.labels.array() > 0).astype(np.float32), maps[0].shape)[0]
            ill += [(maps[0], share >= 0.5)] if (share >= 0.5).any() else []
    if not normal:
        raise StudyError("expected normal cases to set the levels on, got none among the tuning cases. Mend `split:`.")
    return levels_of(normal, ill, settings.top_share)
