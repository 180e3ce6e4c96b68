"""A fitted network of whole exams: prepares, predicts, answers every target, maps what every place says.

In:   cases; a network, its heads, settings and targets.
Out:  a stream of Predictions; model.json and weights.safetensors.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError
from isocenter.core.image import held_image
from isocenter.core.plan import as_config
from isocenter.core.prediction import Prediction
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.imaging.resample import zoom_to
from isocenter.learning.exam.batch import collate
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.learning.exam.items import Item, make_item, scopes_of, units_of
from isocenter.learning.exam.network import ExamNetwork, ExamOutput, look
from isocenter.learning.exam.placement import out_of_frame
from isocenter.learning.head import Head
from isocenter.learning.heads import HEADS
from isocenter.learning.weights import read_weights, write_weights
from isocenter.methods._exam.build import build_network, head_name
from isocenter.methods._exam.settings import ExamSettings


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
    ) -> None:
        self.network = network.eval()
        self.heads, self.inputs, self.targets, self.settings = dict(heads), inputs, tuple(targets), settings
        self.covariates = covariates

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case. A case that cannot be answered is refused with the reason; the stream goes on.

        Rows of one patient are answered together where the label is the patient's.
        """
        del scratch
        per_patient = any(t.per == "patient" for t in self.targets)
        for unit in units_of(cases, per_patient=per_patient):
            try:
                answers, extras = self.answer(unit)
            except (IsocenterError, OSError, ValueError, EOFError) as error:
                yield from (Prediction(case=case.key, answers={}, refused=str(error)) for case in unit)
                continue
            yield from (Prediction(case=case.key, answers=answers, extras=extras) for case in unit)

    def answer(self, unit: Sequence[Case]) -> tuple[dict[str, Value], dict[str, Value]]:
        """Return the answers and extras of a case, or of a patient's cases together."""
        answers: dict[str, Value] = {}
        extras: dict[str, Value] = {}
        for item in self.items(unit, labeled=False):
            output = self.look(item, maps=self.settings.keep_map)
            for name in item.targets:
                answers[name] = self.heads[name].answer(output.raw[name][0].numpy())
                if output.maps is not None:
                    extras |= self._maps(name, item, output)
        return answers, extras

    def items(self, unit: Sequence[Case], *, labeled: bool) -> list[Item]:
        """Return the items a case, or a patient's cases, become: one, or with crops one a region."""
        crop = self.settings.region == "crop"
        return [
            make_item(
                unit, group, self.settings.frame(self.inputs), heads=self.heads if labeled else {}, covariates=self.covariates
            )
            for group in scopes_of(self.targets, crop=crop)
        ]

    def look(self, item: Item, *, maps: bool = False) -> ExamOutput:
        """Return what the network says of one item."""
        batch = collate([item], truths={})
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=self.settings.precision == "bfloat16"):
            output = look(self.network, batch, maps=maps)
        return ExamOutput(
            raw={name: raw.float() for name, raw in output.raw.items()},
            maps=None if output.maps is None else {name: places.float() for name, places in output.maps.items()},
            attention=None if output.attention is None else output.attention.float(),
        )

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "inputs": list(self.inputs),
            "targets": [target.model_dump(mode="json") for target in self.targets],
            "settings": dataclasses.asdict(self.settings),
            "heads": {name: _fields(head) for name, head in self.heads.items()},
            "covariates": dataclasses.asdict(self.covariates),
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        write_weights(self.network, folder / "weights.safetensors")

    def _maps(self, name: str, item: Item, output: ExamOutput) -> dict[str, Value]:
        """Return "<target>:map", and "<target>:attention" where there is one, on the grid of the item's first image."""
        if output.maps is None:
            return {}
        said = self.heads[name].map(output.maps[name][0].numpy().swapaxes(0, 1))  # (M, B, *s)
        found = {f"{name}:map": self._in_place(np.asarray(said, np.float32), item)}
        if output.attention is not None:
            found[f"{name}:attention"] = self._in_place(output.attention[0][None].numpy(), item)
        return found

    def _in_place(self, places: NDArray[np.float32], item: Item) -> Value:
        """Return a map (M, B, *s) on the grid of the item's first image: the first instance's, or all slices'."""
        first = item.frames[0]
        if self.settings.slices:
            depth = first.placement.size[-1]
            stack = np.moveaxis(places[:, :depth], 1, -1)  # (M, *s, Z)
            frame = zoom_to(stack, first.placement.size, order=1)
        else:
            frame = zoom_to(places[:, 0], first.placement.size, order=1)
        return held_image(out_of_frame(np.asarray(frame, np.float32), first.placement), first.grid)


def load_model(folder: Path, method: str) -> ExamModel:
    """Return the model `save` wrote."""
    data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    settings = as_config(ExamSettings, data["settings"], method=method)
    targets = [Target.model_validate(target) for target in data["targets"]]
    table = as_config(CovariateTable, data["covariates"], method=method)
    heads = {
        t.name: as_config(HEADS.get(head_name(t, settings)).config, _numbers(data["heads"][t.name]), method=method) for t in targets
    }
    network = build_network(settings, heads, covariates=table.size)
    read_weights(network, folder / "weights.safetensors")
    return ExamModel(network, heads, inputs=tuple(data["inputs"]), targets=targets, settings=settings, covariates=table)


def _fields(head: Head) -> dict[str, Any]:
    """Return a head's fields; JSON has no infinity, so it is written as a word."""
    values = dataclasses.asdict(head)  # type: ignore[call-overload]
    return {name: str(value) if isinstance(value, float) and not np.isfinite(value) else value for name, value in values.items()}


def _numbers(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: float(value) if value in ("inf", "-inf", "nan") else value for name, value in fields.items()}
