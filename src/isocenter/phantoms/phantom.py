"""Phantom: a named, versioned recipe for cases whose truth is known by construction.

In:   seeds (anatomy, disease, pose, acquisition, demographics), a grade, options.
Out:  PhantomCase: images, every truth, and what an experiment needs beside them (noise-free image, shortcut mask, raters).
Not:  no files (stages/phantom.py writes them), no table of many cases (cohort.py).
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Literal

import numpy as np

from isocenter.core.case import Case
from isocenter.core.errors import PlanError, unknown
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.core.value import Input, Value
from isocenter.phantoms.options import read_options

Grade = Literal["test", "benchmark"]
Factor = Literal["anatomy", "disease", "pose", "acquisition", "demographics"]


class Seeds(Record):
    """One seed a factor, so that a twin is made by changing one of them.

    Same seeds but `acquisition`: scan and rescan. Same but `disease`: the patient before and after. Same but `pose`: the
    patient positioned again. Truth masks depend on anatomy, disease, pose and demographics, never on acquisition.
    """

    anatomy: int = 0
    disease: int = 0
    pose: int = 0
    acquisition: int = 0
    demographics: int = 0

    def rng(self, factor: Factor) -> np.random.Generator:
        """Return the generator of one factor; the same seed gives unlike streams to unlike factors."""
        word = int.from_bytes(hashlib.sha256(factor.encode()).digest()[:4], "little")
        return np.random.default_rng([word, getattr(self, factor)])

    @property
    def patient(self) -> str:
        """Return a pseudonym of the person: who shares anatomy and demographics is one patient."""
        return hashlib.sha256(f"{self.anatomy} {self.demographics}".encode()).hexdigest()[:8]


def truth_target(name: str, kind: str, **more: Any) -> Target:
    """Return the target of a truth of that name, its column called alike; `more` as in Target."""
    return Target.model_validate({"name": name, "type": kind, "columns": name, **more})


class PhantomCase(Record):
    """What one draw yields."""

    patient: str
    inputs: Mapping[str, Input]
    """By input name."""
    truths: Mapping[str, Value]
    """By target name."""
    covariates: Mapping[str, float | str]
    """Columns of the table that are neither images nor truths: sex, age, scanner, view."""
    clean: Mapping[str, Image]
    """By input name: the same image without noise."""
    acquisition: Mapping[str, float | str]
    """The parameters of the scan, as drawn."""
    shortcut: Mask | None = None
    """Where the planted shortcut (a burnt-in letter) lies; None when there is none in the image."""
    lesions: tuple[Mapping[str, float | str], ...] = ()
    """One record a lesion: kind, place, size, contrast."""
    raters: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    """By rater, by target: what a simulated reader wrote."""

    def case(self, key: str) -> Case:
        """Return the draw as a case; raters become labels "target@rater", masks are regions too."""
        labels: dict[str, Value] = dict(self.truths)
        for rater, answers in self.raters.items():
            labels.update({f"{target}@{rater}": answer for target, answer in answers.items()})
        regions = {name: truth for name, truth in self.truths.items() if isinstance(truth, Mask)}
        if self.shortcut is not None:
            regions["shortcut"] = self.shortcut
        return Case(key=key, patient=self.patient, inputs=self.inputs, labels=labels, covariates=self.covariates, regions=regions)


class Phantom(Record):
    """A recipe, its parameters and their hash. `draw` is deterministic in seeds, grade and options."""

    name: str
    shows: str
    """One sentence: what is seen and what is known about it."""
    cite: str
    """Where its physics and proportions come from."""
    version: str
    """Raised whenever the same seeds would give another image."""
    parameters: Mapping[str, Any]
    """Every range and constant draws are made from; JSON-able. `draw` uses these and no others."""
    inputs: tuple[str, ...]
    targets: tuple[Target, ...]
    """Every truth it can supply; the first is the one its suggested study asks for."""
    drawer: Callable[[Mapping[str, Any], Seeds, Grade, Mapping[str, Any]], PhantomCase]
    """(parameters, seeds, grade, options) -> case."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Options of `draw` with their defaults; None = drawn."""
    disease: tuple[str, Any, Any] | None = None
    """(option, value without, value with) of the label prevalence is set by; None when there is no disease."""
    factors: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """Option -> (value that goes with health, value that goes with disease): what can be tied to the label."""
    asks: tuple[str, ...] = ()
    """Targets its suggested study asks for together; () = the first alone."""
    task: str | None = None
    """Task that the study of what it `asks` names, where the kinds of its targets leave a choice."""
    at: Mapping[str, str] = field(default_factory=dict)
    """Inputs that are slides, and what they are read at."""
    rounds: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Option -> values that the patients of a cohort take in turn, so that each comes equally often."""
    cases: int = 60
    """How many a cohort has where nobody says it."""
    visits: int = 1
    """Of each patient, where nobody says it."""
    place: Callable[[Mapping[str, Any], int, int, int, Mapping[str, Any]], Mapping[str, Any]] | None = None
    """(parameters, seed, index, visits, options) -> options that a case of a table has by its place in a design, such as a well and
    a time of a plate; None = the cases of a table have no order."""

    @property
    def hash(self) -> str:
        """Return the fingerprint of name, version and parameters: 12 hex digits, printed beside every result."""
        text = json.dumps([self.name, self.version, self.parameters], sort_keys=True, default=list)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def draw(self, seeds: Seeds, grade: Grade = "test", **options: Any) -> PhantomCase:
        """Return one case. PlanError for an option it does not have, or a value that is none of it, with "did you mean"."""
        if grade not in ("test", "benchmark"):
            raise PlanError(f"expected the grade test or benchmark, got {grade!r}.")
        return self.drawer(self.parameters, seeds, grade, self.read(options))

    def read(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return every option, those given as their kinds want them. PlanError for a name or a value that cannot be."""
        for name in options:
            if name not in self.options:
                raise PlanError(unknown(f"option of phantom {self.name}", name, self.options))
        return read_options({**self.options, **options}, self.parameters, self.factors)

    def study(self, target: str | None = None) -> Study:
        """Return the suggested study for one of its targets (those it `asks` if none is named), over a table in cases.csv."""
        names = [t.name for t in self.targets]
        chosen = (target,) if target is not None else self.asks or (names[0],)
        for name in chosen:
            if name not in names:
                raise PlanError(unknown(f"target of phantom {self.name}", name, names))
        return Study.model_validate(
            {
                "task": self.task if set(chosen) <= set(self.asks) else None,
                "name": f"{self.name}_{chosen[0]}",
                "cases": "cases.csv",
                "inputs": {name: name for name in self.inputs},
                "at": dict(self.at),
                "targets": [self.targets[names.index(name)] for name in chosen],
                "patient": "patient",
            }
        )

    def with_parameters(self, **changes: Any) -> "Phantom":
        """Return the phantom with some parameters changed (and so another hash). PlanError for a name it lacks."""
        for name in changes:
            if name not in self.parameters:
                raise PlanError(unknown(f"parameter of phantom {self.name}", name, self.parameters))
        return dataclasses.replace(self, parameters={**self.parameters, **changes})
