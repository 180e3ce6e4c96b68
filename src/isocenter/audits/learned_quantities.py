"""Learned quantities: does the automatic answer go with age, sex and other factors as a reader's does, and what do its maps add?

In:   held-out exams of a run whose method is a network of exams and whose target is an amount, grade or class; covariates.
Out:  one finding: slopes of the automatic answer, of the truth, of each further reader, and of the volume and the number of places
      read from the map, side by side; where the automatic slope differs from the truth's; a table of every exam, a figure.
Not:  no cause is shown, and a map's volume is where the network speaks for what is asked, not a segmentation.

Reference: Dubost et al., NeuroImage 2019; 185:534-544 (associations of automated and visual scores of perivascular spaces).
"""

import copy
import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from isocenter.audits._exam_models import Seen, exam_places, some_seen, target_of
from isocenter.audits._held_out import part_of
from isocenter.audits._words import with_interval
from isocenter.audits.audit import Audit, NotForThisRun
from isocenter.core.amount import Amount
from isocenter.core.errors import SettingError, StudyError
from isocenter.core.estimate import Estimate
from isocenter.core.executor import Executor
from isocenter.core.finding import Finding
from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.figures.associations import draw_associations
from isocenter.figures.style import to_png
from isocenter.io.text_columns import write_text_table
from isocenter.methods._exam.maps import places_of
from isocenter.methods._exam.model import ExamModel
from isocenter.metrics.association import Slope, associate, complete, design_of, weighted_slopes
from isocenter.metrics.estimates.patient_bootstrap import patient_bootstrap
from isocenter.stages.run_folder import RunFolder, safe_name

KINDS = ("count", "proportion", "value", "ordinal", "class")
AUTOMATIC, TRUTH, VOLUME, PLACES = "automatic", "truth", "map volume", "map places"
DRAWS = 1000


@dataclass(frozen=True, kw_only=True)
class LearnedQuantitiesSettings:
    """What is asked."""

    target: str = ""
    """A learned target; "" = the first."""
    covariates: tuple[str, ...] = ()
    """Covariates of the regression; () = the study's, but for columns of targets."""
    cases: int = 1000
    """Held-out exams at most."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError."""
        if self.cases < 1:
            raise SettingError(f"expected cases ≥ 1, got {self.cases}.")


class Measured(Record):
    """One exam."""

    key: str
    patient: str
    covariates: dict[str, float | str]
    numbers: dict[str, float]
    """By source."""


def judge(run: RunFolder, executor: Executor, settings: LearnedQuantitiesSettings) -> Sequence[Finding]:
    """Return how the quantities go with covariates. NotForThisRun without covariates, or for another kind of target."""
    del executor
    study, cases, places = exam_places(run)
    target = target_of(study, settings.target)
    answers = {column for t in study.targets for column in t.columns}
    names = settings.covariates or tuple(name for name in study.covariates if name not in answers)
    if target.type not in KINDS or not names:
        raise NotForThisRun(f"expected a target of type {', '.join(KINDS)} and covariates, got {target.type} and {list(names)}.")
    rows = [_measured(seen, target) for seen in some_seen(places, study, cases, target, count=settings.cases)]
    sources = list(dict.fromkeys(source for row in rows for source in row.numbers))
    _write_table(run, target, rows, sources)
    design = design_of([row.covariates for row in rows], names)
    if not design:
        raise NotForThisRun(f"expected covariates that vary among the held-out exams, got none of {', '.join(names)}.")
    people = [row.patient for row in rows]
    slopes: dict[str, list[Slope]] = {}
    left_out: list[str] = []
    for source in sources:
        values = np.array([row.numbers.get(source, math.nan) for row in rows])
        if len(np.unique(values[np.isfinite(values)])) < 2:
            left_out.append(f"{source} does not vary")
            continue
        try:
            slopes[source] = associate(values, design, people)
        except StudyError as error:
            if source == AUTOMATIC:
                raise
            left_out.append(f"{source}: {error}")
    if AUTOMATIC not in slopes:
        raise NotForThisRun("expected automatic answers that vary, got the same for every exam. Train for longer.")
    differences = _differences(rows, design, people, study=study, target=target, part=part_of(places))
    return [_finding(run, study, target, slopes, differences, left_out, part=part_of(places))]


def _measured(seen: Seen, target: Target) -> Measured:
    """Return what every source says of an exam."""
    mapping: ExamModel = copy.copy(seen.model)
    mapping.settings = dataclasses.replace(seen.model.settings, keep_map=True)
    answers, extras = mapping.answer(seen.unit)
    case = seen.unit[0]
    numbers = {AUTOMATIC: number_of(answers[target.name]), TRUTH: number_of(case.labels[target.name])}
    for rater in target.beside:
        label = case.labels.get(f"{target.name}@{rater}")
        if label is not None:
            numbers[f"reader {rater}"] = number_of(label)
    said = extras.get(f"{target.name}:map")
    if isinstance(said, Image):
        border = seen.model.heads[target.name].answer_border
        inside = int(np.count_nonzero(said.array()[-1] > border))
        numbers[VOLUME] = inside * math.prod(said.grid.spacing)
        numbers[PLACES] = float(len(places_of(said, target, above=border)))
    return Measured(key=case.key, patient=case.patient, covariates=dict(case.covariates), numbers=numbers)


def number_of(value: Value) -> float:
    """Return a label or an answer as one number: an amount's own; the expected class, from 0, of classes in order; else NaN."""
    if isinstance(value, Amount):
        return value.value
    if isinstance(value, Scores) and not np.isnan(value.p).any():
        return float(np.arange(len(value.p)) @ value.p / value.p.sum())
    return math.nan


def _differences(
    rows: Sequence[Measured], design: dict[str, np.ndarray], people: Sequence[str], *, study: Study, target: Target, part: str
) -> list[Estimate]:
    """Return the automatic slope minus the truth's, by covariate, on the exams both have; the interval resamples patients."""
    both = [np.array([row.numbers.get(source, math.nan) for row in rows]) for source in (AUTOMATIC, TRUTH)]
    automatic, rest, patients = complete(both[0], {"": both[1], **design}, people)
    truth, x = rest[:, 0], rest[:, 1:]
    if len(automatic) == 0:
        return []

    def difference(weights: np.ndarray) -> np.ndarray:
        return weighted_slopes(automatic, x, weights) - weighted_slopes(truth, x, weights)  # (B, K)

    value = difference(np.ones((1, len(automatic))))[0]
    found = []
    for k, name in enumerate(design):
        interval = patient_bootstrap(
            lambda weights, k=k: difference(weights)[:, k],  # type: ignore[misc]
            patients,
            rng=np.random.default_rng(study.seed),
            draws=DRAWS,
        )
        found.append(
            Estimate(
                name="slope_difference",
                value=float(value[k]),
                unit="1",
                ci95=interval.ends,
                interval=interval.kind,
                patients=len(set(patients)),
                cases=len(automatic),
                excluded=len(rows) - len(automatic),
                group=f"covariate={name}",
                part=part,
                target=target.name,
            )
        )
    return found


def _finding(
    run: RunFolder,
    study: Study,
    target: Target,
    slopes: dict[str, list[Slope]],
    differences: Sequence[Estimate],
    left_out: Sequence[str],
    *,
    part: str,
) -> Finding:
    evidence = [
        Estimate(
            name="slope",
            value=slope.value,
            unit="1",
            ci95=slope.ci95,
            interval="t; errors clustered by patient",
            patients=slope.patients,
            cases=slope.cases,
            excluded=0,
            group=f"source={source}, covariate={slope.name}",
            part=part,
            target=target.name,
        )
        for source, found in slopes.items()
        for slope in found
    ]
    unlike = [e for e in differences if e.ci95[0] > 0 or e.ci95[1] < 0]
    name = f"figures/learned_quantities_{safe_name(target.name)}.png"
    (run.path / name).parent.mkdir(exist_ok=True)
    (run.path / name).write_bytes(to_png(draw_associations(slopes)))
    said = "; ".join(f"{e.group.partition('=')[2]} {with_interval(e)}" for e in differences)
    missing = f". Left out: {'; '.join(left_out)}" if left_out else ""
    return Finding(
        code="learned_quantities",
        severity="warning" if unlike else "note",
        expected=f"automatic {target.name} that goes with each covariate of {study.name} as the labels do",
        got=f"difference of standardized slopes, automatic minus truth: {said or 'not measurable'}{missing}",
        do=f"Do not use the automatic answer to study {', '.join(e.group.partition('=')[2] for e in unlike)}: "
        "it carries more or less of it than the labels."
        if unlike
        else f"See {name}: an association that labels show and the answer shows alike may be studied with the answer.",
        evidence=(*evidence, *differences),
        figure=name,
    )


def _write_table(run: RunFolder, target: Target, rows: Sequence[Measured], sources: Sequence[str]) -> None:
    columns = [source.replace(" ", "_") for source in sources]
    write_text_table(
        (
            {
                "case": row.key,
                "patient": row.patient,
                **{
                    column: f"{row.numbers[source]:.5g}" if source in row.numbers else ""
                    for source, column in zip(sources, columns, strict=True)
                },
            }
            for row in rows
        ),
        run.path / f"learned_quantities_{safe_name(target.name)}.csv",
        names=("case", "patient", *columns),
    )


AUDIT = Audit(
    name="learned_quantities",
    question="Does the automatic answer go with age, sex and other factors as a reader's does?",
    needs="model",
    cite="Dubost et al., NeuroImage 2019; 185:534-544",
    judge=judge,
    config=LearnedQuantitiesSettings,
)
