"""Which cases are drawn, and their drawings.

In:   Contents, the cases, the answers.
Out:  drawings of best, median and worst; image, mask and masked image; of exam labels the largest errors; what could not be drawn.
Not:  no HTML.
"""

import math
from collections.abc import Mapping

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.case import Case, Cases
from isocenter.core.errors import IsocenterError
from isocenter.core.image import SYNTHETIC, Image, held_image
from isocenter.core.mask import Mask
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.slide import Slide, overview
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.figures.cases.best_median_worst import choose
from isocenter.figures.cases.boxes import draw_boxes
from isocenter.figures.cases.case import draw_case
from isocenter.figures.cases.grid import Tile, draw_grid
from isocenter.figures.cases.points import draw_points
from isocenter.figures.cases.sheet import draw_sheets
from isocenter.figures.cases.side_by_side import draw_side_by_side
from isocenter.figures.cases.three_panels import draw_three_panels
from isocenter.figures.evidence import Drawing
from isocenter.figures.words import metric_in_words, quantity
from isocenter.imaging.resample import average_to
from isocenter.stages.reporting.answers import raters_of
from isocenter.stages.reporting.contents import Contents

WRONG = {
    "class": "brier", "ordinal": "brier", "count": "absolute_error", "value": "absolute_error", "proportion": "absolute_error",
}  # fmt: skip
"""Kinds of a label of a whole exam, and the measurement their largest errors are found by."""
TILES = 8
SHEET = 36
"""Images on a sheet."""


class Pictures(Record):
    """What was drawn of single cases."""

    ranked: tuple[Drawing, ...] = ()
    panels: tuple[Drawing, ...] = ()
    notes: tuple[str, ...] = ()
    in_patient: bool = False
    """Whether a picture shows a volume in the patient's axes."""


def pictures_of(contents: Contents, cases: Cases, predictions: Mapping[str, Prediction]) -> Pictures:
    """Draw the best, the median and the worst case of the claim's target, and the three panels of the median one."""
    target = contents.target
    if target is not None and target.type in WRONG:
        return worst_of(contents, target, cases, predictions)
    if target is None or target.type not in ("mask", "image", "points", "boxes"):
        return Pictures()
    if contents.generates:
        return sheets_of(target, cases, predictions)
    values, unit = _values(contents, target)
    chosen = choose({k: v for k, v in values.items() if k in predictions}, lower_is_better=contents.lower_is_better)
    ranked: list[Drawing] = []
    panels: list[Drawing] = []
    notes: list[str] = []
    in_patient = False
    view = ""
    for rank, key in chosen.items():
        answer = predictions[key].answers.get(target.name)
        try:
            case = cases[key]
            images = images_of(case)
            view = view if view in images else clearest(images, case.labels.get(target.name))
            image = images.get(view)
            title = (
                "" if rank == "only" else f"{rank.capitalize()}: "
            ) + f"{metric_in_words(contents.primary)} {quantity(values[key], unit)}"
            drawing = _draw(case, target, image, answer, title=title, rank=rank)
            if drawing is not None:
                ranked.append(drawing)
            if rank == "median" or len(chosen) == 1:
                panels += _panels(key, target, image, answer)
            grid = answer.grid if isinstance(answer, Mask | Image) else None
            in_patient = in_patient or (grid is not None and grid.world == "ras_mm" and grid.ndim == 3)
        except (IsocenterError, OSError) as error:
            notes.append(
                f"The {rank} case, {key}, could not be drawn ({type(error).__name__}): its image or its answer is gone or changed."
            )
    return Pictures(ranked=tuple(ranked), panels=tuple(panels), notes=tuple(notes), in_patient=in_patient)


def sheets_of(target: Target, cases: Cases, predictions: Mapping[str, Prediction]) -> Pictures:
    """Draw real images beside generated ones, as many of each, the first of the part that was measured."""
    real: list[Image] = []
    made: list[Image] = []
    for key, prediction in predictions.items():
        answer = prediction.answers.get(target.name)
        truth = cases[key].labels.get(target.name) if key in cases.keys else None
        if isinstance(answer, Image) and isinstance(truth, Image) and answer.grid.ndim == truth.grid.ndim == 2:
            made.append(answer)
            shape = answer.grid.shape
            real.append(held_image(average_to(np.asarray(truth.array(), np.float32), shape), answer.grid, unit=truth.unit))
        if len(made) == SHEET:
            break
    if not made:
        return Pictures()
    drawing = Drawing(
        name="sheets",
        title="Real and generated",
        caption=f"{len(made)} images that nobody learned from, at the generator's size, and {len(made)} of the generator's: "
        f"each of those a {SYNTHETIC}. Look for images that return, and for what no device makes.",
        figure=draw_sheets(real, made),
        wide=True,
    )
    return Pictures(panels=(drawing,))


def worst_of(contents: Contents, target: Target, cases: Cases, predictions: Mapping[str, Prediction]) -> Pictures:
    """Draw the cases whose answers are farthest from their labels, each with both: where to look first."""
    rows = contents.rows
    rows = rows[(rows["who"] == "model") & (rows["name"] == WRONG[target.type]) & (rows["target"] == target.name)]
    worst = rows.dropna(subset=["value"]).sort_values("value", ascending=False, kind="stable")["case"].astype(str)
    tiles: list[Tile] = []
    notes: list[str] = []
    for key in [key for key in worst if key in predictions][:TILES]:
        try:
            case = cases[key]
            image = next(iter(images_of(case).values()), None)
            truth, answer = case.labels[target.name], predictions[key].answers[target.name]
            if image is not None:
                title = f"{key}\nlabel: {in_words(truth)}\nanswer: {in_words(answer)}"
                tiles.append(Tile(title=title, image=image))
        except (IsocenterError, OSError, KeyError) as error:
            notes.append(f"The case {key} could not be drawn ({type(error).__name__}): its image or its answer is gone or changed.")
    if not tiles:
        return Pictures(notes=tuple(notes))
    drawing = Drawing(
        name="largest_errors",
        title="The largest errors",
        caption=f"The {len(tiles)} cases whose {metric_in_words(WRONG[target.type]).lower()} is largest, with label and answer. "
        "Look at them: a label may be wrong, an image bad, or the network misled.",
        figure=draw_grid(tiles),
        wide=True,
    )
    return Pictures(panels=(drawing,), notes=tuple(notes))


def in_words(value: Value) -> str:
    """Return a label or an answer in a few words: the likeliest class and its probability, findings, or an amount."""
    if isinstance(value, Scores):
        known = [(name, p) for name, p in zip(value.names, value.p, strict=True) if not math.isnan(p)]
        best = max(known, key=lambda pair: pair[1], default=("not assessed", math.nan))
        return best[0] if best[1] in (1.0,) or math.isnan(best[1]) else f"{best[0]} ({best[1]:.2f})"
    if isinstance(value, Amount):
        unit = "" if value.unit == "1" else f" {value.unit}"
        if math.isnan(value.value):
            return f"{value.low:.3g} to {value.high:.3g}{unit}"
        return f"{value.value:.3g}{unit}"
    return str(value)


def images_of(case: Case) -> dict[str, Image]:
    """Return the images among a case's inputs by name (the first of a bag, the overview of a slide)."""
    found: dict[str, Image] = {}
    for name in case.inputs:
        shown = case.inputs[name]
        if isinstance(shown, tuple) and shown:
            shown = shown[0]
        if isinstance(shown, Slide):
            shown = overview(shown)
        if isinstance(shown, Image):
            found[name] = shown
    return found


def clearest(images: Mapping[str, Image], truth: object) -> str:
    """Return the name of the input in which the truth stands out most; the first where there is one alone or nothing is marked."""
    if len(images) < 2 or not isinstance(truth, Mask):
        return next(iter(images), "")
    marked = truth.labels.array().any(axis=0)
    if not marked.any() or marked.all():
        return next(iter(images))
    contrast: dict[str, float] = {}
    for name, image in images.items():
        if image.grid.shape == marked.shape and not image.grid.times_s:
            samples = np.asarray(image.array()[0], np.float32)
            contrast[name] = float(abs(samples[marked].mean() - samples[~marked].mean()) / (samples.std() or 1.0))
    return max(contrast, key=lambda name: contrast[name], default=next(iter(images)))


def _draw(case: Case, target: Target, image: Image | None, answer: object, *, title: str, rank: str) -> Drawing | None:
    truth = case.labels[target.name]
    name = f"case_{rank}"
    if isinstance(answer, Mask) and isinstance(truth, Mask):
        image = image if image is not None and image.grid.shape == truth.grid.shape else None
        figure = draw_case(image, truth, {"model": answer} | raters_of(case, target))
        return Drawing(name=name, title=title, caption=_agreement(truth, answer, case, target), figure=figure)
    if isinstance(answer, Image) and isinstance(truth, Image):
        shown = {**({"Input": image} if image is not None else {}), "Truth": truth, "Answer": answer}
        note = f" The answer is a {answer.note}." if answer.note else ""
        caption = f"{case.key}. Input, truth and answer.{note}"
        figure = draw_side_by_side(shown, compared=("Truth", "Answer"))
        return Drawing(name=name, title=title, caption=caption, figure=figure)
    if isinstance(answer, Points) and isinstance(truth, Points) and image is not None and truth.extent is not None:
        caption = f"{case.key}. True boxes, and those found with a score of at least a half."
        return Drawing(name=name, title=title, caption=caption, figure=draw_boxes(image, truth, {"model": answer}), wide=True)
    if isinstance(answer, Points) and isinstance(truth, Points) and image is not None:
        caption = f"{case.key}. Rings are true points, crosses found ones of a score of at least a half."
        return Drawing(name=name, title=title, caption=caption, figure=draw_points(image, truth, {"model": answer}), wide=True)
    return None


def _agreement(truth: Mask, answer: Mask, case: Case, target: Target) -> str:
    """Say how much each marked, where a drawing cannot: nothing at all."""
    empty = [who for who, mask in (("truth", truth), ("answer", answer)) if not mask.labels.array().any()]
    words = f"Nothing is marked in the {' or the '.join(empty)}." if empty else ""
    raters = ", ".join(r.partition(":")[2] for r in raters_of(case, target))
    more = f"Further human outlines: {raters}." if raters else ""
    return " ".join(filter(None, (f"{case.key}.", words, more)))


def _panels(key: str, target: Target, image: Image | None, answer: object) -> list[Drawing]:
    if image is None or not isinstance(answer, Mask) or image.grid.shape != answer.grid.shape:
        return []
    return [
        Drawing(
            name="three_panels",
            title="Image, mask, masked image",
            caption=f"{key}. What the answer for {target.name} keeps of the image, and what it takes away (black).",
            figure=draw_three_panels(image, answer),
            wide=True,
        )
    ]


def _values(contents: Contents, target: Target) -> tuple[dict[str, float], str]:
    rows = contents.rows
    rows = rows[(rows["who"] == "model") & (rows["name"] == contents.primary) & (rows["target"] == target.name)]
    unit = str(rows["unit"].iloc[0]) if len(rows) else "1"
    return {str(case): float(value) for case, value in zip(rows["case"], rows["value"], strict=True)}, unit
