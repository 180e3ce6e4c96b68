"""A fitted tabular model: columns and an answerer per target; saved as safetensors and JSON.

In:   cases.
Out:  predictions; a case that shows nothing usable is refused, with the reason.
Not:  no fitting (tabular.py).

A label per patient is answered from the mean of the features of all the patient's rows among the cases asked; rows of one
patient then get one answer, and no row is answered before all are read (numbers are kept, images are not).
"""

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from isocenter.core.case import Case
from isocenter.core.errors import FileError, IsocenterError
from isocenter.core.plan import as_config
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.methods._forest import Forest
from isocenter.methods._tabular.answers import Answerer
from isocenter.methods._tabular.columns import Columns, load_columns
from isocenter.methods._tabular.config import TabularConfig
from isocenter.methods._tabular.estimators import Linear, Part, Trees
from isocenter.methods._tabular.features import Extractor, Features, mean_features

Build = Callable[[Sequence[str], Sequence[str], Any], Extractor]


class Learned(Record):
    """What was learned for one target."""

    columns: Columns
    answerer: Answerer


class Looked(Record):
    """One case, looked at: features by extractor key, or why not."""

    key: str
    patient: str
    features: Mapping[str, Features]
    refused: str | None = None


def look(extractor: Extractor, case: Case, targets: Iterable[Target]) -> Looked:
    """Look at a case once for each key of the targets. What the extractor raises goes through."""
    features: dict[str, Features] = {}
    for target in targets:
        if (key := extractor.key(target)) not in features:
            features[key] = extractor(case, target)
    return Looked(key=case.key, patient=case.patient, features=features)


class TabularModel:
    """Looks at a case, and answers from a matrix of one row."""

    def __init__(self, extractor: Extractor, learned: Sequence[Learned]) -> None:
        self.extractor = extractor
        self.learned = tuple(learned)

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case, in order."""
        del scratch
        looked = (self._look(case) for case in cases)
        if not any(one.answerer.target.per == "patient" for one in self.learned):
            yield from (self._answer(row, [row]) for row in looked)
            return
        rows = list(looked)
        bags: dict[str, list[Looked]] = {}
        for row in rows:
            bags.setdefault(row.patient, []).append(row)
        yield from (self._answer(row, bags[row.patient]) for row in rows)

    def _look(self, case: Case) -> Looked:
        try:
            return look(self.extractor, case, [one.answerer.target for one in self.learned])
        except IsocenterError as error:
            return Looked(key=case.key, patient=case.patient, features={}, refused=str(error))

    def _answer(self, row: Looked, bag: Sequence[Looked]) -> Prediction:
        answers: dict[str, Value] = {}
        for one in self.learned:
            target = one.answerer.target
            rows = bag if target.per == "patient" else [row]
            key = self.extractor.key(target)
            features = mean_features([some.features[key] for some in rows if key in some.features])
            if one.columns.usable(features):
                answers[target.name] = one.answerer.answer(one.columns.matrix([features]))
        if answers:
            return Prediction(case=row.key, answers=answers)
        reason = (
            row.refused or f"expected {self.extractor.wants}, got none in case {row.key}. Fill the cell, or leave the case out."
        )
        return Prediction(case=row.key, answers={}, refused=reason)

    def save(self, folder: Path) -> None:
        """Write model.json and model.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, NDArray[Any]] = {}
        for index, one in enumerate(self.learned):
            arrays |= {f"{index}:columns:{name}": array for name, array in one.columns.arrays().items()}
            for number, part in enumerate(one.answerer.parts):
                arrays |= {f"{index}:part {number}:{name}": array for name, array in part.arrays().items()}
            for name in ("days", "hazard"):
                if (array := getattr(one.answerer, name)) is not None:
                    arrays[f"{index}:curve:{name}"] = array
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / "model.safetensors")
        self.extractor.save(folder)
        text = {
            "inputs": list(self.extractor.inputs),
            "covariates": list(self.extractor.covariates),
            "config": dataclasses.asdict(self.extractor.config),
            "targets": [_text_of(one) for one in self.learned],
        }
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")


def load_tabular(folder: Path, build: Build, config: type[TabularConfig], *, name: str) -> TabularModel:
    """Return the model `save` wrote. FileError if the folder holds none."""
    try:
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        arrays = load_file(folder / "model.safetensors")
        learned = [_learned_of(part, _below(arrays, f"{index}:")) for index, part in enumerate(text["targets"])]
        extractor = build(text["inputs"], text["covariates"], as_config(config, text["config"], method=name))
        extractor.restore(folder)
        return TabularModel(extractor, learned)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise FileError(f"expected a saved {name} model in {folder}, got none ({error}). Train it first.") from error


def _text_of(one: Learned) -> dict[str, Any]:
    """Return what of one target belongs into JSON."""
    answerer = one.answerer
    return {
        "target": answerer.target.model_dump(mode="json"),
        "columns": one.columns.text(),
        "parts": [{"link": part.link} if isinstance(part, Linear) else {"forest": True} for part in answerer.parts],
        "why": list(answerer.why),
        "speaks_of": list(answerer.speaks_of),
        "half": answerer.half if np.isfinite(answerer.half) else None,
    }


def _learned_of(text: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Learned:
    """Put together what was learned for one target."""
    curve = _below(arrays, "curve:")
    answerer = Answerer(
        target=Target.model_validate(text["target"]),
        parts=tuple(_part_of(part, _below(arrays, f"part {number}:")) for number, part in enumerate(text["parts"])),
        why=tuple(text["why"]),
        speaks_of=tuple(text["speaks_of"]),
        half=float("nan") if text["half"] is None else text["half"],
        days=curve.get("days"),
        hazard=curve.get("hazard"),
    )
    return Learned(columns=load_columns(text["columns"], _below(arrays, "columns:")), answerer=answerer)


def _part_of(text: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Part:
    """Return an estimator of its arrays."""
    return Linear(**arrays, link=text["link"]) if "link" in text else Trees(forest=Forest(**arrays))


def _below(arrays: Mapping[str, NDArray[Any]], head: str) -> dict[str, NDArray[Any]]:
    """Return the arrays whose names start with `head`, without it."""
    return {name.removeprefix(head): array for name, array in arrays.items() if name.startswith(head)}
