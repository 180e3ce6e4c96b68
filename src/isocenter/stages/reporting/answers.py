"""Truths and answers of the part a report speaks of: one scalar beside another, and the cases worth a picture.

In:   the run's predictions and the truths of its cases; both are opened one case at a time.
Out:  the table `Evidence.answers`; pictures of the best, the median and the worst case.
Not:  no metrics: values come from measurements.csv.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from isocenter.core.amount import Amount
from isocenter.core.case import Case, Cases
from isocenter.core.mask import Mask
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.figures.evidence import ANSWER_COLUMNS, Found
from isocenter.stages.run_folder import RunFolder

MOST = 500
"""Cases whose masks are opened for the table; a report of more says so."""


def predictions_of(run: RunFolder, keys: frozenset[str]) -> dict[str, Prediction]:
    """Return the answers to these cases: the run's own, else those of the fold that did not learn from them."""
    found: dict[str, Prediction] = {}
    for folder in (run, *run.inners("fold")):
        for prediction in folder.predictions():
            if prediction.case in keys and prediction.case not in found:
                found[prediction.case] = prediction
    return found


def baselines_beside(run: RunFolder, names: Sequence[str], keys: frozenset[str]) -> dict[str, dict[str, Prediction]]:
    """Return what each baseline that answered said of these cases, in the run and in its folds."""
    folders = (run, *run.inners("fold"))
    said = {name: {p.case: p for f in folders for p in f.inner("baseline", name).predictions() if p.case in keys} for name in names}
    return {name: found for name, found in said.items() if found}


def answers_table(study: Study, cases: Cases, predictions: Mapping[str, Prediction]) -> pd.DataFrame:
    """Return one row a case, target and class: a scalar of the truth beside the same scalar of the answer."""
    rows: list[dict[str, Any]] = []
    for key in list(predictions)[:MOST]:
        case = cases[key]
        for target in study.targets:
            answer = predictions[key].answers.get(target.name)
            if answer is None or target.name not in case.labels:
                continue
            for kind, name, truth, given, unit in _scalars(target, case.labels[target.name], answer):
                rows.append(
                    {
                        "case": key,
                        "patient": case.patient,
                        "target": target.name,
                        "kind": kind,
                        "class": name,
                        "truth": truth,
                        "answer": given,
                        "unit": unit,
                    }
                )
    return pd.DataFrame(rows, columns=ANSWER_COLUMNS)


def found_points(study: Study, cases: Cases, predictions: Mapping[str, Prediction]) -> dict[str, Found]:
    """Return truths and answers that are points or boxes, by target."""
    made: dict[str, Found] = {}
    for target in study.targets:
        patients, truths, answers = [], [], []
        for key in list(predictions)[:MOST]:
            case = cases[key]
            truth, answer = case.labels.get(target.name), predictions[key].answers.get(target.name)
            if isinstance(truth, Points) and isinstance(answer, Points):
                patients.append(case.patient)
                truths.append(truth)
                answers.append(answer)
        if truths:
            made[target.name] = Found(patients=patients, truths=truths, answers=answers)
    return made


def _scalars(target: Target, truth: Value, answer: Value) -> Iterator[tuple[str, str, float, float, str]]:
    """Yield kind, class, truth, answer, unit."""
    if isinstance(truth, Mask) and isinstance(answer, Mask):
        kind, unit, size = _size_of_sample(truth)
        for name, a, b in zip(truth.names[1:], _samples_per_class(truth), _samples_per_class(answer), strict=False):
            yield kind, name, a * size, b * size, unit
    elif isinstance(truth, Scores) and isinstance(answer, Scores):
        for name, a, b in zip(truth.names, truth.p, answer.p, strict=False):
            yield "probability", name, float(a), float(b), "1"
    elif isinstance(truth, Amount) and isinstance(answer, Amount):
        known = truth.value if np.isfinite(truth.value) else (truth.low + truth.high) / 2
        yield target.type, target.name, known, answer.value, truth.unit
    elif isinstance(truth, Points) and isinstance(answer, Points):
        yield "count", target.name, float(len(truth)), float(len(answer)), "1"


def _size_of_sample(mask: Mask) -> tuple[str, str, float]:
    """Return what is measured, its unit, and how much of it one sample is."""
    grid = mask.grid
    if grid.world == "px":
        return ("area", "px", 1.0) if grid.ndim == 2 else ("volume", "voxels", 1.0)
    size = float(np.prod(grid.spacing_mm))
    if grid.ndim == 3:
        return "volume", "mL", size / 1000
    return "area", "mm2", size


def _samples_per_class(mask: Mask) -> list[float]:
    array = mask.labels.array()
    if mask.overlapping:
        return [float((channel > 0).sum()) for channel in array]
    counts = np.bincount(np.asarray(array).ravel().astype(np.int64), minlength=len(mask.names))
    return [float(n) for n in counts[1 : len(mask.names)]]


def raters_of(case: Case, target: Target) -> dict[str, Mask]:
    """Return the outlines of further human raters, by who."""
    found: dict[str, Mask] = {}
    for rater in target.beside:
        label = case.labels.get(f"{target.name}@{rater}")
        if isinstance(label, Mask):
            found[f"rater:{rater}"] = label
    return found


def missing_labels(study: Study, cases: Cases, keys: Sequence[str]) -> dict[str, int]:
    """Return how many of the cases have no label, by target; targets with every label are left out. Opens no file."""
    lacking = {t.name: sum(t.name not in cases[key].labels for key in keys) for t in study.targets}
    return {name: n for name, n in lacking.items() if n}


def missing_inputs(study: Study, cases: Cases, keys: Sequence[str]) -> dict[str, int]:
    """Return how many of the cases lack an input, by input; inputs every case has are left out. Opens no file."""
    lacking = {name: sum(name not in cases[key].inputs for key in keys) for name in study.inputs}
    return {name: n for name, n in lacking.items() if n}
