"""A fitted network of whole exams: prepares, predicts, answers every target, maps what every place says.

In:   cases; a network, its heads, settings and targets.
Out:  a stream of Predictions; model.json and weights.safetensors.
"""

import dataclasses
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError
from isocenter.core.image import Image
from isocenter.core.plan import as_config
from isocenter.core.prediction import Prediction
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.learning.assessed import assessed
from isocenter.learning.exam.batch import collate
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.learning.exam.dense import dense_heads
from isocenter.learning.exam.items import Item, make_item, scopes_of, units_of
from isocenter.learning.exam.network import ExamNetwork, ExamOutput, look
from isocenter.learning.head import Head
from isocenter.learning.heads import HEADS
from isocenter.learning.weights import read_weights, write_weights
from isocenter.methods._exam.build import build_network, head_name
from isocenter.methods._exam.familiar import Familiar, in_memory, load_familiar
from isocenter.methods._exam.maps import in_place, mask_of, places_of
from isocenter.methods._exam.settings import ExamSettings

PLACED = ("points", "mask")
"""Kinds that are read from maps."""


class ExamModel:
    """See Model in core/method.py."""

    def __init__(
        self,
        network: ExamNetwork,
        heads: Mapping[str, Head],
        *,
        inputs: tuple[str, ...],
        targets: Sequence[Target],
        settings: ExamSettings,
        covariates: CovariateTable,
        scored: Sequence[Target] = (),
        widths: Mapping[str, float] | None = None,
        familiar: Familiar | None = None,
    ) -> None:
        """Keep what predicts.

        scored   : targets that were not learned but can be read from maps, or from a learned label of another scope
        widths   : half the width of the prediction interval, by target
        familiar : what the learning cases looked like; None = it is not told how unlike them a case is
        """
        self.network = network.eval()
        self.heads, self.inputs, self.targets, self.settings = dict(heads), inputs, tuple(targets), settings
        self.dense = dense_heads(targets)
        self.covariates, self.scored, self.widths = covariates, tuple(scored), dict(widths or {})
        self.familiar = familiar

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case. A case that cannot be answered is refused with the reason; the stream goes on.

        Rows of one patient are answered together where the label is the patient's.
        """
        del scratch
        per_patient = any(t.per == "patient" for t in self.targets)
        for unit in units_of(cases, per_patient=per_patient):
            try:
                said = self._said(unit)
            except (IsocenterError, OSError, ValueError, EOFError) as error:
                yield from (Prediction(case=case.key, answers={}, refused=str(error)) for case in unit)
                continue
            yield from (dataclasses.replace(said, case=case.key) for case in unit)

    def answer(self, unit: Sequence[Case]) -> tuple[Mapping[str, Value], Mapping[str, Value]]:
        """Return the answers and extras of a case, or of a patient's cases together."""
        said = self._said(unit)
        return said.answers, said.extras

    def _said(self, unit: Sequence[Case]) -> Prediction:
        """Return what is said of a case, or of a patient's cases together, and how unlike the learning cases it is."""
        unit = [in_memory(case, self.inputs) for case in unit] if self.familiar is not None else unit
        because = self.familiar.reason(unit) if self.familiar is not None else ""
        unlike: list[float] = []
        answers: dict[str, Value] = {}
        extras: dict[str, Value] = {}
        looking = self.settings.keep_map or any(t.type in PLACED for t in self.scored)
        for item in self.items(unit, labeled=False):
            output = self.look(item, maps=looking)
            unlike += [self.familiar.distance(item, output)] if self.familiar is not None else []
            for name in item.targets:
                if name in self.dense:
                    raw, first = output.raw[name][0].numpy(), item.frames[0]
                    answers[name] = self.dense[name].answer(raw, first.grid, first.placement, slices=self.settings.slices)
                    continue
                answers[name] = self._with_interval(name, self.heads[name].answer(output.raw[name][0].numpy()))
                maps = self._maps(name, item, output)
                if self.settings.keep_map:
                    extras |= maps
                answers |= self._scored_from(name, item, maps, unit[0])
        far = math.inf if because else max(unlike, default=math.nan)
        return Prediction(case=unit[0].key, answers=answers, extras=extras, unlike=far, because=because)

    def _with_interval(self, name: str, answer: Value) -> Value:
        width = self.widths.get(name, np.inf)
        if not isinstance(answer, Amount) or not np.isfinite(width):
            return answer
        lowest, highest = possible(next(t for t in self.targets if t.name == name))
        low, high = max(lowest, answer.value - width), min(highest, answer.value + width)
        return dataclasses.replace(answer, low=low, high=high)

    def _scored_from(self, name: str, item: Item, maps: Mapping[str, Value], case: Case) -> dict[str, Value]:
        """Return the answers to targets that were not learned, read from one that was; places and masks only where asked for."""
        learned = next(t for t in self.targets if t.name == name)
        answers: dict[str, Value] = {}
        for target in self.scored:
            said = maps.get(f"{name}:map")
            if target.type in PLACED and isinstance(said, Image) and name == source_of(target, self.targets):
                above = self.heads[name].answer_border
                where = assessed(case, target, said.grid)
                read = places_of if target.type == "points" else mask_of
                answers[target.name] = read(said, target, above=above, where=where)
            elif target.type == learned.type and name == source_of(target, self.targets):
                answers[target.name] = self._of_all_slices(learned, item)
        return answers

    def _of_all_slices(self, target: Target, item: Item) -> Value:
        """Return what a network that learned of one slice says of all: counts added up, other amounts averaged."""
        frame = item.frames[0].placement
        if not target.scope.startswith("slice:"):
            return self.heads[target.name].answer(self.look(item).raw[target.name][0].numpy())
        first, count = frame.start[-1], frame.scaled[-1]
        values, unit = [], target.unit
        for level in range(first, first + count):
            where = np.zeros((len(item.present), 1, *item.views[0].shape[2:]), bool)
            if self.settings.slices:
                where[level] = True
            else:
                where[..., level] = True
            here = dataclasses.replace(item, where={target.name: where})
            answer = self.heads[target.name].answer(self.look(here).raw[target.name][0].numpy())
            if not isinstance(answer, Amount):
                return answer
            values.append(answer.value)
        low, high = frame.box[-1]
        mean = float(np.mean(values))
        return Amount(value=mean * (high - low) if target.type == "count" else mean, unit=unit)

    def items(self, unit: Sequence[Case], *, labeled: bool) -> list[Item]:
        """Return the items a case, or a patient's cases, become: one, or with crops one a region."""
        crop = self.settings.region == "crop"
        return [
            make_item(
                unit,
                group,
                self.settings.frame(self.inputs),
                heads=self.heads if labeled else {},
                covariates=self.covariates,
                dense=self.dense if labeled else {},
            )
            for group in scopes_of(self.targets, crop=crop)
        ]

    def look(self, item: Item, *, maps: bool = False) -> ExamOutput:
        """Return what the network says of one item."""
        return self.look_at([item], maps=maps)

    def look_at(self, items: Sequence[Item], *, maps: bool = False) -> ExamOutput:
        """Return what the network says of items with one number of instances each."""
        batch = collate(items, truths={})
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=self.settings.precision == "bfloat16"):
            output = look(self.network, batch, maps=maps)
        return ExamOutput(
            raw={name: raw.float() for name, raw in output.raw.items()},
            maps=None if output.maps is None else {name: places.float() for name, places in output.maps.items()},
            attention=None if output.attention is None else output.attention.float(),
            pooled=None if output.pooled is None else output.pooled.float(),
        )

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "inputs": list(self.inputs),
            "targets": [target.model_dump(mode="json") for target in self.targets],
            "settings": dataclasses.asdict(self.settings),
            "heads": {name: head_fields(head) for name, head in self.heads.items()},
            "covariates": dataclasses.asdict(self.covariates),
            "scored": [target.model_dump(mode="json") for target in self.scored],
            "widths": {name: width for name, width in self.widths.items() if np.isfinite(width)},
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        write_weights(self.network, folder / "weights.safetensors")
        if self.familiar is not None:
            self.familiar.save(folder)

    def _maps(self, name: str, item: Item, output: ExamOutput) -> dict[str, Value]:
        """Return "<target>:map", and "<target>:attention" where there is one, on the grid of the item's first image."""
        if output.maps is None:
            return {}
        said = self.heads[name].map(output.maps[name][0].numpy().swapaxes(0, 1))  # (M, B, *s)
        found: dict[str, Value] = {f"{name}:map": self._placed(said, item)}
        if output.attention is not None:
            found[f"{name}:attention"] = self._placed(output.attention[0][None].numpy(), item)
        return found

    def _placed(self, places: NDArray[np.floating[Any]], item: Item) -> Image:
        fusion = self.network.fusion
        return in_place(
            np.asarray(places, np.float32), item, slices=self.settings.slices, stride=fusion.stride, center=fusion.center
        )


def load_model(folder: Path, method: str) -> ExamModel:
    """Return the model `save` wrote."""
    data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    settings = as_config(ExamSettings, data["settings"], method=method)
    targets = [Target.model_validate(target) for target in data["targets"]]
    table = as_config(CovariateTable, data["covariates"], method=method)
    heads = {
        t.name: as_config(HEADS.get(head_name(t, settings)).config, head_numbers(data["heads"][t.name]), method=method)
        for t in targets
        if t.type != "mask"
    }
    network = build_network(settings, {**heads, **dense_heads(targets)}, covariates=table.size)
    read_weights(network, folder / "weights.safetensors")
    return ExamModel(
        network,
        heads,
        inputs=tuple(data["inputs"]),
        targets=targets,
        settings=settings,
        covariates=table,
        scored=[Target.model_validate(target) for target in data["scored"]],
        widths=data["widths"],
        familiar=load_familiar(folder),
    )


def possible(target: Target) -> tuple[float, float]:
    """Return the least and the most an amount of a target can be: a count is not below 0, a proportion lies in [0, 1] or 100 %."""
    if target.type == "proportion":
        return 0.0, 100.0 if target.unit == "%" else 1.0
    return (0.0 if target.type == "count" else -np.inf), np.inf


def source_of(target: Target, learned: Sequence[Target]) -> str:
    """Return the learned target a scored one is read from: of its kind and scope, else its kind, else its scope, else the first.

    Masks are left aside; "" = none.
    """
    pooled = [t for t in learned if t.type != "mask"]
    nearest = sorted(pooled, key=lambda t: (t.type != target.type, t.scope != target.scope))
    return nearest[0].name if nearest else ""


def readable(target: Target, learned: Sequence[Target]) -> bool:
    """Tell whether a scored target can be read from what was learned."""
    pooled = [t for t in learned if t.type != "mask"]
    return bool(pooled) and (target.type in PLACED or any(t.type == target.type for t in pooled))


def head_fields(head: Head) -> dict[str, Any]:
    """Return a head's fields; JSON has no infinity, so it is written as a word."""
    values = dataclasses.asdict(head)  # type: ignore[call-overload]
    return {name: str(value) if isinstance(value, float) and not np.isfinite(value) else value for name, value in values.items()}


def head_numbers(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields `head_fields` gave."""
    return {name: float(value) if value in ("inf", "-inf", "nan") else value for name, value in fields.items()}
