"""Views: what does each input add, and how much of the answer comes from it?

In:   held-out cases of a run with several inputs; its model answers them again with inputs hidden.
Out:  one finding: the target's primary number with each subset of inputs, and each input's gain, paired over patients; for a
      network of exams a second one: the share of its attribution that lies in each input, with pictures.
Not:  no retraining: a network trained with an input may do worse without it than one that never had it.

Reference: Hashir, Bertrand & Cohen, MIDL 2020, arXiv:2002.02582; Bertrand, Hashir & Cohen, arXiv:1904.08534 (which findings need
           the lateral view).
"""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from isocenter.audits._exam_models import Seen, some_seen, target_of
from isocenter.audits._held_out import Place, part_of, places_of
from isocenter.audits._words import with_interval
from isocenter.audits.audit import Audit, NotForThisRun
from isocenter.core.case import Case, CaseList
from isocenter.core.errors import SettingError, unknown
from isocenter.core.estimate import Estimate
from isocenter.core.executor import Executor
from isocenter.core.finding import Finding
from isocenter.core.grid import plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.study import Study, Target
from isocenter.core.task import Pair
from isocenter.figures.cases.attribution import ExplainedCase, draw_attribution
from isocenter.figures.intervals import Row as Drawn
from isocenter.figures.intervals import draw_intervals
from isocenter.figures.style import to_png
from isocenter.figures.words import metric_in_words
from isocenter.io.table import TableCases
from isocenter.learning.attributions import ATTRIBUTIONS
from isocenter.methods._exam.explain import ask, explain
from isocenter.methods._exam.model import ExamModel
from isocenter.methods.registry import measured_by
from isocenter.metrics.estimates.mean import estimate_mean
from isocenter.stages.answer import load_model
from isocenter.stages.cohort import Measure, compare_cases, estimate_all
from isocenter.stages.evaluate import Row, measures_of, region_of
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder, safe_name

EVERY = 4
"""Inputs up to which every subset is tried; of more, each alone, each left out, and all."""
MODEL = "model"


@dataclass(frozen=True, kw_only=True)
class ViewsSettings:
    """What is asked."""

    target: str = ""
    """A learned target; "" = the first."""
    cases: int = 12
    """Held-out exams whose attribution is shared out among the inputs."""
    method: str = "integrated_gradients"
    """Attribution with a map an input."""
    shown: int = 2
    """Exams in the figure of maps."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        if self.method not in ATTRIBUTIONS.names():
            raise SettingError(unknown("attribution", self.method, ATTRIBUTIONS.names()))
        if not ATTRIBUTIONS.get(self.method).per_view:
            raise SettingError(f"expected an attribution with one map an input, got {self.method}. Use integrated_gradients.")


def judge(run: RunFolder, executor: Executor, settings: ViewsSettings) -> Sequence[Finding]:
    """Return what the inputs add. NotForThisRun with a single input, or when nothing was held out."""
    del executor
    study, cases = open_run(run)
    if len(study.inputs) < 2:
        raise NotForThisRun("expected a study of several inputs, got one. There is nothing to hide.")
    places = [place for place in places_of(run) if place.keys]
    if not places:
        raise NotForThisRun("expected cases the model did not learn from, got none. Give the study `split: {folds: 5}`.")
    target = target_of(study, settings.target)
    findings = [_gains(run, study, cases, places, target)]
    if isinstance(load_model(places[0].run, study), ExamModel):
        shares = _shares(run, study, cases, places, target, settings)
        findings += [shares] if shares is not None else []
    return findings


def subsets_of(inputs: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the subsets tried, all inputs first, in the study's order; () is not one."""
    sizes = range(len(inputs), 0, -1) if len(inputs) <= EVERY else (len(inputs), len(inputs) - 1, 1)
    return [subset for size in sizes for subset in combinations(inputs, size)]


def named(subset: Sequence[str]) -> str:
    """Return a subset as who answered."""
    return "+".join(subset)


def _hidden(case: Case, kept: Sequence[str]) -> Case:
    return dataclasses.replace(case, inputs={name: case.inputs[name] for name in case.inputs if name in kept})


def _rows(
    place: Place,
    study: Study,
    cases: TableCases,
    target: Target,
    kept: Sequence[str],
    *,
    who: str,
    needed: Sequence[str],
    measure: Measure,
) -> Iterator[Row]:
    """Yield how the model answers from some inputs alone, of the cases that have the needed ones; a refused case is left out."""
    model = load_model(place.run, study)
    scratch = place.run.path / "scratch"
    scratch.mkdir(exist_ok=True)
    labeled = [case for key in place.keys if target.name in (case := cases[key]).labels and set(needed) <= set(case.inputs)]
    able = CaseList([case for whole in labeled if (case := _hidden(whole, kept)).inputs])
    for prediction in model.predict(able, scratch=scratch):
        answer = prediction.answers.get(target.name)
        if answer is None:
            continue
        case = able[prediction.case]
        pair = Pair(
            case=case.key,
            target=target,
            truth=case.labels[target.name],
            answer=answer,
            region=region_of(case, target),
            extras=prediction.extras,
        )
        measured = [m for metric in measure.per_case for m in metric(pair)]
        yield Row(case, fold=place.fold, who=who, target=target, pair=pair, measured=measured)


def _gains(run: RunFolder, study: Study, cases: TableCases, places: Sequence[Place], target: Target) -> Finding:
    """Return the primary number with each subset, and each input's gain among the cases that have it and another."""
    inputs, part = list(study.inputs), part_of(places)
    measures = measures_of(study, [place.run for place in places])
    measure = measures[target.name]
    sign = 1.0 if measured_by(study, target).better == "higher" else -1.0
    alone: list[Estimate] = []
    for subset in subsets_of(inputs):
        rows = [r for p in places for r in _rows(p, study, cases, target, subset, who=MODEL, needed=subset, measure=measure)]
        found = estimate_all(rows, measures=measures, groups=(), part=part, seed=study.seed) if rows else []
        primary = next((e for e in found if e.name == measure.primary), None)
        if primary is not None:
            alone.append(dataclasses.replace(primary, group=f"views={named(subset)}"))
    gains: list[Estimate] = []
    for view in inputs:
        rest = [name for name in inputs if name != view]
        without = [
            r
            for p in places
            for r in _rows(p, study, cases, target, rest, who=f"views:{named(rest)}", needed=[view], measure=measure)
        ]
        keys = {r.key for r in without}
        whole = [
            r
            for p in places
            for r in _rows(p, study, cases, target, inputs, who=MODEL, needed=[view], measure=measure)
            if r.key in keys
        ]
        for c in compare_cases([*whole, *without], measures=measures, seed=study.seed):
            ends = sorted(sign * end for end in c.ci95)
            gains.append(
                Estimate(
                    name=f"gain_{measure.primary}",
                    value=sign * c.effect,
                    unit=c.unit,
                    ci95=(ends[0], ends[1]),
                    interval=c.test,
                    patients=c.patients,
                    cases=len(whole),
                    excluded=0,
                    group=f"view={view}",
                    part=part,
                    target=target.name,
                )
            )
    harmful = [g for g in gains if g.ci95[1] < 0]
    said = "; ".join(f"{g.group.partition('=')[2]} {with_interval(g)}" for g in gains)
    figure = f"figures/views_{safe_name(target.name)}.png"
    rows_drawn = [Drawn(label=e.group.partition("=")[2], value=e.value, ci95=e.ci95, patients=e.patients) for e in alone]
    return Finding(
        code="views_gain",
        severity="warning" if harmful else "note",
        expected=f"answers to {target.name} that no input makes worse",
        got=f"gain in {metric_in_words(measure.primary)} by input (above 0 = better with it): {said or 'not measurable'}",
        do=f"Leave out {', '.join(g.group.partition('=')[2] for g in harmful)} and train again."
        if harmful
        else "An input whose gain is near 0 may be spared: train once without it before deciding.",
        evidence=(*alone, *gains),
        figure=_drawn(run, figure, to_png(draw_intervals(rows_drawn, axis=metric_in_words(measure.primary))))
        if rows_drawn
        else None,
    )


def _shares(
    run: RunFolder, study: Study, cases: TableCases, places: Sequence[Place], target: Target, settings: ViewsSettings
) -> Finding | None:
    """Return how attribution is shared out among the inputs, in exams that have them all; None when there is none such."""
    inputs = list(study.inputs)
    shares: list[NDArray[np.floating]] = []
    people: list[str] = []
    pictures: list[ExplainedCase] = []
    for seen in some_seen(places, study, cases, target, count=settings.cases):
        if not seen.item.present.all():
            continue
        maps = explain(ask(seen.model, seen.item, target.name), settings.method, seed=study.seed)  # (V, B, *size)
        sizes = np.abs(maps).reshape(len(maps), -1).sum(axis=1)
        sizes = sizes.reshape(-1, len(inputs)).sum(axis=0)  # the surroundings of an input are that input's
        shares.append(sizes / sizes.sum() if sizes.sum() > 0 else np.full(len(inputs), math.nan))
        people.append(seen.patient)
        if len(pictures) < settings.shown * len(inputs):
            pictures += [_picture(seen, maps, index, name) for index, name in enumerate(inputs)]
    if not shares:
        return None
    table = np.stack(shares)
    evidence = tuple(
        estimate_mean(
            table[:, index],
            people,
            name="saliency_share",
            unit="1",
            rng=np.random.default_rng(study.seed),
            group=f"view={name}",
            part=part_of(places),
            target=target.name,
        )
        for index, name in enumerate(inputs)
    )
    figure = f"figures/views_{safe_name(target.name)}_saliency.png"
    return Finding(
        code="views_saliency",
        severity="note",
        expected=f"{settings.method} shared out among the inputs in {len(shares)} exams that have them all",
        got=", ".join(f"{e.group.partition('=')[2]} {100 * e.value:.0f} %" for e in evidence),
        do="Read it beside the gains: a network may look at an input that changes no answer.",
        evidence=evidence,
        figure=_drawn(run, figure, to_png(draw_attribution(pictures))),
    )


def _picture(seen: Seen, maps: NDArray[np.float32], index: int, name: str) -> ExplainedCase:
    """Return one input of an exam as the network saw it, in the frame."""
    slices = seen.model.settings.slices

    def framed(stack: NDArray[np.float32]) -> Image:
        still = np.moveaxis(stack, 0, -1) if slices else stack[0]  # (*size)
        return held_image(still[None], plain_grid(still.shape))

    return ExplainedCase(
        title=f"{seen.key}\n{name}",
        image=framed(seen.item.views[index][:, 0]),
        map=framed(maps[index]),
        top=float(np.abs(maps).max()),
    )


def _drawn(run: RunFolder, name: str, png: bytes) -> str:
    (run.path / name).parent.mkdir(exist_ok=True)
    (run.path / name).write_bytes(png)
    return name


AUDIT = Audit(
    name="views",
    question="What does each input add, and how much of the answer comes from it?",
    needs="model",
    cite="Hashir, Bertrand & Cohen, MIDL 2020, arXiv:2002.02582; Bertrand, Hashir & Cohen, arXiv:1904.08534",
    judge=judge,
    config=ViewsSettings,
)
