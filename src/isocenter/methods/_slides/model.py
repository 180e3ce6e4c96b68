"""A fitted classifier of tiles: heat map, regions and detections of a slide; what slides and patients are.

In:   cases that show slides; a network, heads, the reference of stains.
Out:  a stream of Predictions; model.json and weights.safetensors.
Not:  reading row by row (rows.py), no training (method.py).
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from scipy.special import softmax
from torch import Tensor

from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError, StudyError
from isocenter.core.image import Image, held_image
from isocenter.core.mask import Mask, held_mask
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.slide import Slide, map_grid
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.learning.exam.items import units_of
from isocenter.learning.head import Head
from isocenter.learning.slides.bag import BagNetwork
from isocenter.learning.slides.network import SlideNetwork
from isocenter.learning.slides.stain import Palette, Reference, palette_of
from isocenter.learning.slides.tiles import Tiles, find_tiles, read_run
from isocenter.learning.weights import write_weights
from isocenter.methods._exam.model import head_fields
from isocenter.methods._slides.rows import Look, Said, look_over
from isocenter.methods._slides.settings import SlideSettings

FOR_COLORS = 24
"""Tiles of a slide its stains are told from."""


class Seen(Record):
    """One slide looked at."""

    slide: Slide
    tiles: Tiles
    said: Said


class SlideModel:
    """See Model in core/method.py."""

    def __init__(
        self,
        network: SlideNetwork,
        heads: Mapping[str, Head],
        *,
        shown: str,
        regions: Target | None,
        targets: Sequence[Target],
        settings: SlideSettings,
        reference: Reference,
        border: float = 0.0,
        learned: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what predicts.

        shown   : name of the input that holds the slides
        regions : the target tiles are classified by; None = they are not
        targets : of slides and patients
        border  : added to the background's log odds, chosen on tuning slides
        learned : what was learned from, for model.json
        """
        self.network = network.eval()
        self.heads, self.shown, self.regions, self.targets = dict(heads), shown, regions, tuple(targets)
        self.settings, self.reference, self.border, self.learned = settings, reference, border, dict(learned or {})
        self.mark = _mark(self.network)

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case. One that cannot be answered is refused with the reason; the stream goes on.

        Slides of one patient are answered together where a label is the patient's.
        """
        per_patient = any(target.per == "patient" for target in self.targets)
        for unit in units_of(cases, per_patient=per_patient):
            seen: dict[str, Seen | str] = {}
            for case in unit:
                try:
                    seen[case.key] = self.see(case, scratch)
                except (IsocenterError, OSError, ValueError, EOFError) as error:
                    seen[case.key] = str(error)
            whole = [one for one in seen.values() if isinstance(one, Seen)]
            patients = {
                t.name: self.heads[t.name].answer(self.raw(t.name, whole)) for t in self.targets if t.per == "patient" and whole
            }
            for case in unit:
                one = seen[case.key]
                if isinstance(one, Seen):
                    yield self._answered(case, one, patients)
                else:
                    yield Prediction(case=case.key, answers={}, refused=one)

    def see(self, case: Case, scratch: Path) -> Seen:
        """Return what is said of a case's slide. StudyError where it shows none, or no tissue."""
        slide = slide_shown(case, self.shown)
        tiles, own = tiles_and_colors(slide, self.settings)
        look = Look(
            slide=slide, tiles=tiles, own=own, reference=self.reference, side_px=self.settings.tile, mark=self.mark,
            precision=self.settings.precision,
        )  # fmt: skip
        return Seen(slide=slide, tiles=tiles, said=look_over(self.network, look, scratch))

    def raw(self, name: str, seen: Sequence[Seen]) -> NDArray[np.float32]:
        """Return what a target's bag of all tiles of some slides says, (outputs,)."""
        features, logits, where = as_bag([one.said for one in seen])
        with torch.inference_mode():
            said: Tensor = self.network.bags[name](features, logits, where)
        return said[0].float().numpy()

    def probabilities(self, said: Said) -> NDArray[np.float32]:
        """Return the probability of each class of tiles, (K, N)."""
        logits = said.logits.astype(float)
        logits[:, 0] += self.border
        return np.asarray(softmax(logits, axis=1).T, np.float32)

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "input": self.shown,
            "regions": None if self.regions is None else self.regions.model_dump(mode="json"),
            "targets": [target.model_dump(mode="json") for target in self.targets],
            "settings": dataclasses.asdict(self.settings),
            "heads": {name: head_fields(head) for name, head in self.heads.items()},
            "reference": self.reference.as_json(),
            "border": self.border,
            "learned": self.learned,
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        write_weights(self.network, folder / "weights.safetensors")

    def _answered(self, case: Case, seen: Seen, patients: Mapping[str, Value]) -> Prediction:
        answers: dict[str, Value] = {}
        extras: dict[str, Value] = {}
        if self.regions is not None:
            drawn = self._regions(self.regions, seen)
            answers[self.regions.name] = drawn.pop("")
            extras |= drawn
        for target in self.targets:
            if target.per == "patient":
                answers[target.name] = patients[target.name]
            else:
                answers[target.name] = self.heads[target.name].answer(self.raw(target.name, [seen]))
            if self.settings.keep_map:
                extras |= self._places(target.name, seen)
        return Prediction(case=case.key, answers=answers, extras=extras)

    def _regions(self, target: Target, seen: Seen) -> dict[str, Value]:
        """Return the answer ("") and what belongs to it: regions in whole tiles, detections, and the heat map."""
        probability = self.probabilities(seen.said)  # (K, N)
        best = seen.tiles.map(probability.argmax(axis=0).astype(float), fill=0.0).astype(np.uint8)
        grid = map_grid(seen.slide)
        column, row = (
            np.clip(((np.arange(n) + 0.5) * grid.spacing[a] / seen.tiles.side_um).astype(int), 0, seen.tiles.shape[a] - 1)
            for a, n in enumerate(grid.shape)
        )
        name = target.name
        found: dict[str, Value] = {
            "": held_mask(best[column[:, None], row[None]], grid, target.classes),
            f"{name}:tiles": held_mask(best, seen.tiles.grid, target.classes),
            f"{name}:detections": detections(best, seen.tiles, probability, target.classes),
        }
        if self.settings.keep_map:
            found[f"{name}:map"] = held_image(seen.tiles.map(probability), seen.tiles.grid, channels=target.classes)
        return found

    def _places(self, name: str, seen: Seen) -> dict[str, Value]:
        """Return which tiles decided, the one that did most = 1, where the pooling tells."""
        network = self.network.bags[name]
        features, _, where = as_bag([seen.said])
        with torch.inference_mode():
            shares = network.attention(features, where) if isinstance(network, BagNetwork) else None
        if shares is None:
            return {}
        share = shares[0].float().numpy()
        made: Image = held_image(seen.tiles.map(share / max(float(share.max()), 1e-12)), seen.tiles.grid, channels=("attention",))
        return {f"{name}:attention": made}


def slide_shown(case: Case, name: str) -> Slide:
    """Return the slide of a case. StudyError where it shows none."""
    if name not in case.inputs:
        raise StudyError(f"expected a slide as input {name}, got none.")
    shown = case.inputs[name]
    if not isinstance(shown, Slide):
        raise StudyError(
            f"expected a slide as input {name}, got {type(shown).__name__}. Say in the study how large its samples "
            f"are read, as at: {{{name}: 20x}}."
        )
    return shown


def tiles_and_colors(slide: Slide, settings: SlideSettings) -> tuple[Tiles, Palette | None]:
    """Return the tiles of a slide that show tissue, and its stains. StudyError where there is no tissue."""
    tiles = find_tiles(slide, settings.side_um, least_tissue=settings.least_tissue)
    if not len(tiles):
        raise StudyError(
            f"expected a slide with tissue, got none in any tile of {settings.side_um:.0f} um. Look at it: a slide that is out of "
            "focus or blank must be scanned again."
        )
    if settings.stain == "none":
        return tiles, None
    picked = np.unique(np.linspace(0, len(tiles) - 1, FOR_COLORS).round().astype(int))
    read = np.concatenate([read_run(slide, tiles, np.array([i]), settings.tile) for i in picked])
    return tiles, palette_of(settings.stain, read, white=tiles.white)


def as_bag(said: Sequence[Said]) -> tuple[Tensor, Tensor, Tensor]:
    """Return features (1, F, P), logits (1, K, P) and where (1, 1, P) of all tiles of some slides."""
    features = torch.from_numpy(np.concatenate([one.features for one in said]).astype(np.float32).T[None])
    logits = torch.from_numpy(np.concatenate([one.logits for one in said]).T[None])
    return features, logits, torch.ones(1, 1, features.shape[2])


def detections(best: NDArray[np.uint8], tiles: Tiles, probability: NDArray[np.float32], classes: tuple[str, ...]) -> Points:
    """Return one place for each connected region of a class, where its probability is largest."""
    world, kinds, scores = [], [], []
    for number in range(1, len(classes)):
        chance = tiles.map(probability[number], fill=0.0)
        labels, count = ndimage.label(best == number, structure=np.ones((3, 3)))
        for place in ndimage.maximum_position(chance, labels, range(1, count + 1)) if count else ():
            world.append([(i + 0.5) * tiles.side_um for i in place])
            kinds.append(number - 1)
            scores.append(float(chance[place]))
    return Points(
        world=np.array(world, float).reshape(-1, 2), kind=np.array(kinds, np.intp), score=np.array(scores, float), names=classes[1:]
    )


def held_as_mask(value: Value, target: Target) -> Mask:
    """Return a label as a mask of regions that do not overlap. StudyError for others."""
    if not isinstance(value, Mask) or value.overlapping or value.grid.ndim != 2:
        raise StudyError(
            f"expected regions of target {target.name} that do not overlap, got {type(value).__name__} of another kind."
        )
    return value


def _mark(network: SlideNetwork) -> str:
    """Return a word for the weights tiles are looked at with."""
    told = hashlib.sha256()
    for name, tensor in network.state_dict().items():
        if not name.startswith("bags."):
            told.update(name.encode())
            told.update(np.ascontiguousarray(tensor.detach().cpu().float().numpy()).tobytes())
    return told.hexdigest()
