"""A journal in memory, and fitting a method to a tracer without files."""

import copy
import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.case import Case, CaseList
from isocenter.core.graph import Graph
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.method import Method, Model
from isocenter.core.study import Study, Target
from isocenter.core.task import Task
from isocenter.core.value import Input, Kind
from isocenter.learning.exam.items import images_of
from isocenter.phantoms.tracer.tracer import structure_tracer, text_tracer, tracer

from .stained import cases_of, study_of


def fingerprint_of(study: Study, cases: CaseList) -> Mapping[str, Any]:
    """What stages/fingerprint.py would say of a tracer, as far as methods use it."""
    images = {name: [shown[0] for c in cases if name in c.inputs and (shown := images_of(c.inputs[name]))] for name in study.inputs}
    grids = [image.grid for image in next(iter(images.values()), [])]
    return {
        "cases": len(cases),
        "patients": len({case.patient for case in cases}),
        "dims": grids[0].ndim if grids else 0,
        "shapes": [list(grid.shape) for grid in grids],
        "spacings": [list(grid.spacing) for grid in grids],
        "unit": grids[0].unit if grids else "1",
        "inputs": {name: {"cases": len(found), "channels": 1, "unit": "1"} for name, found in images.items()},
        "intensity": {
            name: {"mean": 128.0, "std": 60.0, "median": 128.0, "p005": 0.0, "p995": 255.0}
            for name, found in images.items()
            if found
        },
        "targets": {
            t.name: {"type": t.type, "cases": len(cases), "classes": {c: {"share": 0.3, "cases": len(cases)} for c in t.classes}}
            for t in study.targets
        },
    }


class MemoryJournal:
    """Keeps what it is told in lists."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.lines: list[tuple[int, Mapping[str, float]]] = []
        self.state: Mapping[str, Any] | None = None
        self.good: Mapping[str, Any] | None = None
        self.shown: dict[int, np.ndarray[Any, Any]] = {}

    def log(self, step: int, values: Mapping[str, float]) -> None:
        self.lines.append((step, values))

    def show(self, step: int, images: np.ndarray[Any, Any]) -> None:
        self.shown[step] = np.asarray(images)

    def save_state(self, state: Mapping[str, Any]) -> None:
        self.state = copy.deepcopy(state)  # as a file would be

    def last_state(self) -> Mapping[str, Any] | None:
        return copy.deepcopy(self.state)

    def save_good(self, state: Mapping[str, Any]) -> None:
        self.good = copy.deepcopy(state)

    def last_good(self) -> Mapping[str, Any] | None:
        return copy.deepcopy(self.good)

    def stop_now(self) -> bool:
        return False


def tracer_of(task: Task, *, reads: str = "images") -> tuple[Study, CaseList]:
    """The tracer of a task's first kind, in the order of core.value.Kind; that of reports for a method that reads text."""
    if reads == "text":
        return text_tracer()
    if reads == "slides":
        return slide_tracer(task)
    if reads == "series":
        return series_tracer()
    if task.one_each:
        return structure_tracer("boxes" if "boxes" in task.answers else "points")
    kind = next(kind for kind in get_args(Kind) if kind in task.answers)
    study, cases = tracer(kind)
    shown = SHOWN.get(reads)
    if shown is None:
        return study, cases
    return study, CaseList([dataclasses.replace(case, inputs={name: shown(case) for name in case.inputs}) for case in cases])


def series_tracer() -> tuple[Study, CaseList]:
    """Series of 8 to 12 pictures of a square that is widest at one time and narrowest at another; both are asked for."""
    rng, cases = np.random.default_rng(0), []
    for number in range(24):
        count = 8 + number % 5
        wide, narrow = (int(k) for k in rng.choice(count // 2, 2, replace=False) + np.array([0, count // 2]))
        samples = rng.normal(0, 2, (1, 16, 14, count))
        for time in range(count):
            side = 10 if time == wide else 4 if time == narrow else 7
            samples[:, 3 : 3 + side, 2 : 2 + side, time] += 100
        grid = dataclasses.replace(plain_grid((16, 14)), times_s=tuple(0.1 * k for k in range(count)))
        image = held_image(samples.astype(np.float32), grid)
        labels = {"widest": Amount(value=float(wide), unit="frames"), "narrowest": Amount(value=float(narrow), unit="frames")}
        cases.append(Case(key=f"s{number}", patient=f"p{number}", inputs={"cine": image}, labels=labels, covariates={}, regions={}))
    study = {
        "name": "series", "cases": "cases.csv", "inputs": {"cine": "cine"}, "task": "frame_localization",
        "targets": [{"name": name, "type": "value", "columns": name, "unit": "frames"} for name in ("widest", "narrowest")],
    }  # fmt: skip
    return Study.model_validate(study), CaseList(cases)


def slide_tracer(task: Task) -> tuple[Study, CaseList]:
    """Stained slides of twelve patients: their regions, or labels of a task's first kind."""
    names = ("regions", "carcinoma", "disease") if "mask" in task.answers else ("carcinoma", "disease")
    study, cases = study_of(*names), cases_of(0, 12)
    if task.answers & {"mask", "class"}:
        wanted = tuple(t for t in study.targets if t.type in task.answers)
        return study.model_copy(update={"targets": wanted}), cases
    kind = "ordinal" if "ordinal" in task.answers else "multilabel"
    targets = tuple(Target(name=t.name, type=kind, columns=t.columns, classes=t.classes, per=t.per) for t in study.targets)
    return study.model_copy(update={"targets": targets}), cases


def a_ct(case: Case) -> Input:
    """A CT in which the older have more air."""
    age = float(case.covariates["age"])
    air = np.random.default_rng(int(age)).random((1, 8, 7, 5)) < age / 100
    return held_image(np.where(air, -1000, -850).astype(np.int16), plain_grid((8, 7, 5)), unit="HU")


def a_graph(case: Case) -> Input:
    """Five nodes, all joined, the first two by the age."""
    age = float(case.covariates["age"])
    edges = np.array([(i, j) for i in range(5) for j in range(i + 1, 5)])
    weight = np.random.default_rng(int(age)).uniform(-0.5, 0.5, len(edges))
    weight[0] = age / 100
    return Graph(nodes=np.zeros((5, 1)), edges=edges, weight=weight)


def a_picture(case: Case) -> Input:
    """A picture, brighter below a line that the age draws."""
    age = float(case.covariates["age"])
    samples = np.random.default_rng(int(age)).integers(0, 128, (1, 12, 10))
    samples[:, :, int(age) % 10 :] += 100
    return held_image(samples.astype(np.uint8), plain_grid((12, 10)))


SHOWN: Mapping[str, Callable[[Case], Input]] = {"ct": a_ct, "graphs": a_graph, "pictures": a_picture}
"""What a case shows to methods that read something else than pictures."""


def fit(method: Method, study: Study, cases: CaseList, scratch: Path, *, minutes: float = 0.05, share: float = 2 / 3) -> Model:
    """Plan and fit on the first cases, this share of all; tune on the rest."""
    plain = study.model_copy(update={"method": method.card.name})
    plan = method.plan(plain, fingerprint_of(study, cases), minutes=minutes, gigabytes=1.0)
    keys = list(cases.keys)
    cut = int(len(keys) * share + 1e-9)
    return method.fit(plain, cases.select(keys[:cut]), cases.select(keys[cut:]), plan, MemoryJournal(scratch))
