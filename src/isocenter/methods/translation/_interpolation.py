"""An interpolation as a restoration: between the samples of the input lie those of the answer, and nothing is learned but where.

In:   input images with the target's channels and unit; learning pairs, which say how fine the target's samples are.
Out:  the input on samples as fine, over the same extent, rounded where the target's numbers are whole; where the target's are no
      finer, the input.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isocenter.core.case import Case, Cases
from isocenter.core.errors import StudyError
from isocenter.core.image import Image, held_image
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study
from isocenter.imaging.resample import zoom_to
from isocenter.methods._baselines.constant import NoSettings
from isocenter.methods._baselines.labels import labeled, nothing_to_learn
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods.translation._alike import alike_input, finer_grid, finer_spacing
from isocenter.methods.translation._plan import learned_image
from isocenter.methods.translation._scale import of_kind


@dataclass(frozen=True)
class InterpolationModel:
    """An input and how finely it is sampled; see Model in core/method.py."""

    order: int
    """Of the spline: 1 linear, 3 cubic."""
    input: str
    target: str
    spacing: tuple[float, ...]
    """World units; 0 keeps an axis, () all."""
    dtype: str

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case; a case without the image is refused."""
        del scratch
        for case in cases:
            image = case.inputs.get(self.input)
            if not isinstance(image, Image) or image.grid.times_s:
                refused = f"expected a still image as input {self.input} of case {case.key}, got none that fits."
                yield Prediction(case=case.key, answers={}, refused=refused)
                continue
            grid = finer_grid(image.grid, self.spacing)
            samples = of_kind(zoom_to(image.array(), grid.shape, order=self.order), self.dtype)
            answer = held_image(samples, grid, unit=image.unit, channels=image.channels, note=image.note)
            yield Prediction(case=case.key, answers={self.target: answer})

    def save(self, folder: Path) -> None:
        """Write model.json."""
        folder.mkdir(parents=True, exist_ok=True)
        text = {"input": self.input, "target": self.target, "spacing": list(self.spacing), "dtype": self.dtype}
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")


class InterpolationMethod:
    """See Method in core/method.py."""

    def __init__(self, card: Card, order: int) -> None:
        """Hold the order of the spline."""
        self.card, self._order = card, order

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return a plan without choices."""
        del minutes, gigabytes
        return baseline_plan(self.card, study, fingerprint, NoSettings(), {})

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> InterpolationModel:
        """See how fine the first learning target's samples are. StudyError without an input like the target."""
        del tune, plan, journal
        target = learned_image(study)
        case, wanted = next(((c, v) for c, v in labeled(target, learn) if isinstance(v, Image)), (None, None))
        if case is None or wanted is None:
            raise nothing_to_learn(target)
        name = alike_input(case, study.inputs, wanted)
        source = None if name is None else case.inputs.get(name)
        if name is None or not isinstance(source, Image):
            raise StudyError(
                f"expected an input with the channels and unit of target {target.name} for {self.card.name}, got none: "
                "an interpolation changes no contrast. Leave it out of the study's baselines."
            )
        spacing = finer_spacing(source.grid.spacing, wanted.grid.spacing, unit=source.grid.unit)
        return InterpolationModel(self._order, name, target.name, spacing, str(wanted.array().dtype))

    def load(self, folder: Path) -> InterpolationModel:
        """Return the model `save` wrote."""
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        return InterpolationModel(self._order, text["input"], text["target"], tuple(text["spacing"]), text["dtype"])
