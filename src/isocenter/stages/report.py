"""Report: what may be claimed, with intervals, pictures and warnings, as one offline page.

In:   an evaluated run folder; or one whose training goes on or was cut short, of which the page tells how it goes.
Out:  report.html (one file, nothing loaded from elsewhere), figures/ (every figure as a file); of an evaluated run model_card.md.
Not:  no measuring (evaluate), no judging (audits).
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from isocenter.core.case import Cases
from isocenter.core.errors import IsocenterError
from isocenter.core.prediction import Prediction
from isocenter.figures.evidence import ANSWER_COLUMNS, Drawing, Evidence, Found, charts_of
from isocenter.figures.style import to_png, to_svg
from isocenter.io.whole_file import write_whole
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.reporting.answers import (
    MOST,
    answers_table,
    baselines_beside,
    found_points,
    missing_inputs,
    missing_labels,
    predictions_of,
)
from isocenter.stages.reporting.claim import claim_of
from isocenter.stages.reporting.contents import Contents, read_contents
from isocenter.stages.reporting.model_card import model_card
from isocenter.stages.reporting.noise import noise_of
from isocenter.stages.reporting.page import page
from isocenter.stages.reporting.pictures import Pictures, pictures_of
from isocenter.stages.reporting.sections.cases import cases as cases_section
from isocenter.stages.reporting.sections.data import data as data_section
from isocenter.stages.reporting.sections.decisions import decisions
from isocenter.stages.reporting.sections.definitions import definitions
from isocenter.stages.reporting.sections.opening import opening
from isocenter.stages.reporting.sections.plan import plan as plan_section
from isocenter.stages.reporting.sections.readers import readers
from isocenter.stages.reporting.sections.refusal import refusal
from isocenter.stages.reporting.sections.reproduce import footer, reproduce
from isocenter.stages.reporting.sections.results import results
from isocenter.stages.reporting.sections.training import comparison, training
from isocenter.stages.reporting.sections.warnings import warnings
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.train import baselines_of

UNTOUCHED = "identity_image"


def report(run: RunFolder, *, progress: Progress | None = None) -> Path:
    """Write report.html, figures/ and model_card.md of a run, and return the page's path.

    Of a run in training the page says how that goes, and claims nothing; there is no card yet. RunError before the training.
    Where the images are no longer at hand the page has no pictures, and says so.
    """
    (progress or Quiet()).say("report: drawing")
    contents = read_contents(run)
    if not contents.measured:
        return _of_training(run, contents)
    claim = claim_of(contents)
    cases, note = _open_cases(run)
    keys = contents.shown
    predictions = predictions_of(contents.home, keys) if cases is not None else {}
    pictures = pictures_of(contents, cases, predictions) if cases is not None else Pictures()
    pictures = _with_noise(pictures, contents, cases, predictions)
    notes = [*pictures.notes, *([note] if note else [])]
    lacking = _lacking(contents, cases)
    evidence = _evidence(contents, cases, predictions, notes)
    drawn = {section: _draw(section, evidence) for section in ("results", "groups", "training", "arms")}
    _write_figures(run, [*pictures.ranked, *pictures.panels], vector=False)
    for drawings in drawn.values():
        _write_figures(run, drawings, vector=True)
    run.write_text("model_card.md", model_card(contents, claim))
    text = page(
        f"{contents.study.name} · Isocenter report",
        opening(contents, claim),
        [
            warnings(contents, lacking),
            results(contents, drawn["results"], drawn["groups"]),
            decisions(contents),
            readers(contents),
            refusal(contents),
            cases_section(pictures.ranked, pictures.panels, notes, patient_axes=pictures.in_patient),
            training(contents, drawn["training"]),
            comparison(contents, drawn["arms"]),
            data_section(contents, lacking),
            plan_section(contents),
            definitions(contents),
            reproduce(contents),
        ],
        footer(),
    )
    return run.write_text("report.html", text)


def _of_training(run: RunFolder, contents: Contents) -> Path:
    """Write the page of a run that has not been evaluated: its training so far."""
    evidence = _evidence(contents, None, {}, [])
    drawn = _draw("training", evidence)
    _write_figures(run, drawn, vector=True)
    text = page(
        f"{contents.study.name} · Isocenter report",
        opening(contents, claim_of(contents)),
        [warnings(contents, {}), training(contents, drawn), data_section(contents, {}), plan_section(contents)],
        footer(),
    )
    return run.write_text("report.html", text)


def _open_cases(run: RunFolder) -> tuple[Cases | None, str]:
    """Return the run's cases, or None and why there will be no pictures."""
    try:
        _, cases = open_run(run)
    except (IsocenterError, OSError) as error:
        return (
            None,
            f"No pictures: the table of cases could not be opened ({type(error).__name__}). Name the data folder and report again.",
        )
    return cases, ""


def _with_noise(pictures: Pictures, contents: Contents, cases: Cases | None, predictions: dict[str, Prediction]) -> Pictures:
    """Add the noise power spectra of a restoration; pictures without them where there are none."""
    if cases is None:
        return pictures
    beside = [name for name in baselines_of(contents.study) if name != UNTOUCHED]  # it is the input, which is drawn as such
    answers = {"model": predictions, **baselines_beside(contents.home, beside, frozenset(predictions))}
    try:
        drawing = noise_of(contents, cases, answers)
    except (IsocenterError, OSError) as error:
        note = f"Noise power is not drawn: an image could not be opened ({type(error).__name__})."
        return replace(pictures, notes=(*pictures.notes, note))
    return pictures if drawing is None else replace(pictures, panels=(*pictures.panels, drawing))


def _lacking(contents: Contents, cases: Cases | None) -> dict[str, int]:
    if cases is None:
        return {}
    keys = list(cases.keys)
    labels = {f"Target {name} has no label": n for name, n in missing_labels(contents.study, cases, keys).items()}
    inputs = {f"Input {name} is missing": n for name, n in missing_inputs(contents.study, cases, keys).items()}
    return labels | inputs


def _evidence(contents: Contents, cases: Cases | None, predictions: dict[str, Prediction], notes: list[str]) -> Evidence:
    """Gather the tables the charts are drawn from; a truth or answer that cannot be opened leaves its charts out, and is noted."""
    answers = pd.DataFrame(columns=ANSWER_COLUMNS)
    found: dict[str, Found] = {}
    if cases is not None:
        try:
            answers = answers_table(contents.study, cases, predictions)
            found = found_points(contents.study, cases, predictions)
            if contents.task is not None and contents.task.one_each:
                answers, found = answers[~answers["target"].isin(list(found))], {}
        except (IsocenterError, OSError) as error:
            notes.append(
                f"Volumes and probabilities are not drawn: a truth or an answer could not be opened ({type(error).__name__})."
            )
        if len(predictions) > MOST:
            notes.append(f"Charts of volumes and probabilities hold the first {MOST} of {len(predictions)} cases.")
    return Evidence(
        study=contents.study,
        part=contents.part,
        primary=contents.primary,
        measurements=contents.rows,
        estimates=contents.estimates,
        log=contents.log,
        looks=contents.looks,
        answers=answers,
        found=found,
        inner=tuple((f"{i.kind} {i.name}", i.estimates) for i in contents.inner),
    )


def _draw(section: str, evidence: Evidence) -> list[Drawing]:
    """Draw a section's charts; where several targets were measured, each says of which it is."""
    drawings = [drawing for chart in charts_of(section) for drawing in chart.draw(evidence)]
    several = len({e.target for e in evidence.estimates}) > 1
    return [replace(d, title=f"{d.title} · {d.target}") if several and d.target else d for d in drawings]


def _write_figures(run: RunFolder, drawings: Sequence[Drawing], *, vector: bool) -> None:
    folder = run.path / "figures"
    folder.mkdir(exist_ok=True)
    for drawing in drawings:
        stem = "".join(c if c.isalnum() or c in "-_" else "_" for c in drawing.name)
        if vector:
            write_whole(folder / f"{stem}.svg", partial(_put, to_svg(drawing.figure)))
        else:
            write_whole(folder / f"{stem}.png", partial(_put, to_png(drawing.figure)))


def _put(data: bytes, path: Path) -> None:
    path.write_bytes(data)
