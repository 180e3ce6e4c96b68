"""Predict: a run's model on new data, in the data's own geometry.

In:   a run folder; a scan (file or DICOM folder) or a table of cases.
Out:  a folder: masks as NIfTI, PNG or DICOM SEG named after their inputs, and a cases.csv the next study can read.
Not:  no truth is needed and none is read. A case the study refuses as unlike those learned from gets no answer, but the reason.
"""

import dataclasses
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from isocenter.core.amount import Amount
from isocenter.core.case import Case, CaseList
from isocenter.core.errors import FileError, StudyError, unknown
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.method import Generator, Model
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.io.answers import answer_columns, safe_name, write_cases
from isocenter.io.burned_in import burned_in
from isocenter.io.dicom_seg import write_dicom_seg
from isocenter.io.dicom_synthetic import writable, write_dicom_synthetic
from isocenter.io.file_kind import split_fragment
from isocenter.io.images import open_image
from isocenter.io.label_picture import open_label_picture, shows_labels
from isocenter.io.masked import write_masked
from isocenter.io.slide import open_slide
from isocenter.io.table import TableCases, open_cases
from isocenter.io.write import output_suffix, write_image, write_mask
from isocenter.methods._places import count_given, counts_beside
from isocenter.methods.registry import task_of
from isocenter.stages.answer import load_model
from isocenter.stages.decide import decision_cells, unlike_reason
from isocenter.stages.left_out import left_out, notices, without
from isocenter.stages.operate import read_thresholds
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.requests import read_requests
from isocenter.stages.run_cases import data_root
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.slide_answers import slide_of, write_drawn, write_heat_map
from isocenter.stages.unlike import read_line


class Asked(Record):
    """One new case, and where its inputs lie."""

    case: Case
    cells: Mapping[str, str]
    """The row so far: case, patient, inputs."""
    source: Path
    """Its first input's file or folder; answers are named after it."""
    left_out: str = ""
    """Targets that are not answered, and why."""


def predict(
    run: Path | str,
    what: Path | str,
    *,
    out: Path | str,
    data: Path | str | None = None,
    input_name: str | None = None,
    masked: bool = False,
    burn_in: bool = False,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Answer new cases and return the path of their cases.csv.

    Parameters
    ----------
    run : a run folder
    what : an image file, a DICOM folder, or a table with the study's input columns
    out : folder for the answers
    data : folder the table's paths are relative to; $ISOCENTER_DATA if None, else the table's folder
    input_name : which of the study's inputs a single scan is; may be None when the study has one
    masked : also write each image with everything outside the foreground classes removed
    burn_in : write the words "synthetic image, not for diagnosis" into the pixels of every image made
    skip_bad : go on after a case that cannot be read or made; its row stays, with the reason in the column `refused`

    StudyError, before anything is made, for requests a generator cannot answer.
    """
    progress = progress or Quiet()
    folder = RunFolder(run)
    study = folder.read(Study)
    model = load_model(folder, study)
    thresholds = {name: t.threshold for name, t in read_thresholds(folder, study).items()}
    chosen = read_line(folder, study)
    line = chosen.line if chosen is not None else None
    asked = _asked(study, Path(what), data, input_name)
    if isinstance(model, Generator) and not skip_bad:
        _refuse_requests(model, [a.case for a in asked])
    left = left_out(study, [a.case for a in asked])
    for notice in notices(left):
        progress.say(notice)
    asked = [dataclasses.replace(a, left_out=" ".join(left[a.case.key].values())) for a in asked]
    out = Path(out)
    _refuse_own_folder(asked, Path(what), out)
    out.mkdir(parents=True, exist_ok=True)
    scratch = out / ".scratch"
    scratch.mkdir(exist_ok=True)
    try:
        rows = []
        by_key = {a.case.key: a for a in asked}
        stems = _stems(asked)
        together = any(target.per == "patient" for target in study.targets)
        stream = without(_predictions(model, [a.case for a in asked], scratch, skip_bad=skip_bad, together=together), left)
        for prediction in progress.track(stream, total=len(asked), label="predict"):
            if prediction.refused and not skip_bad:
                raise FileError(f"case {prediction.case}: {prediction.refused} Leave such cases out with --skip-bad.")
            said = dataclasses.replace(prediction, answers={}, extras={}) if unlike_reason(prediction, line) else prediction
            row = _write(by_key[prediction.case], said, study, out, stem=stems[prediction.case], masked=masked, burn_in=burn_in)
            rows.append(row | decision_cells(prediction, study, thresholds, line))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return write_cases(rows, out / "cases.csv")


def _refuse_requests(model: Generator, requests: Sequence[Case]) -> None:
    """Raise StudyError where some requests cannot be answered: the first reason, and how many there are."""
    reasons = [why for why in map(model.refusal, requests) if why]
    if reasons:
        rest = f" So it is with {len(reasons) - 1} more." if len(reasons) > 1 else ""
        raise StudyError(f"{reasons[0]}{rest} Answer the others alone with --skip-bad.")


def _asked(study: Study, what: Path, data: Path | str | None, input_name: str | None) -> list[Asked]:
    if task_of(study).requests:
        return [Asked(case=c, cells=_told(c), source=what.with_name(c.key)) for c in read_requests(study, what)]
    if what.suffix.lower() == ".csv":
        return _from_table(study, what, data)
    return [_from_scan(study, what, input_name)]


def _told(case: Case) -> dict[str, str]:
    """Return what a request says, as cells."""
    return {"case": case.key, **{name: str(said) for name, said in case.covariates.items()}}


def _refuse_own_folder(asked: Iterable[Asked], what: Path, out: Path) -> None:
    """Refuse to write answers, which keep their inputs' names, over the inputs themselves."""
    home = out.resolve()
    if what.resolve().parent == home or any(a.source.resolve().parent == home for a in asked):
        raise StudyError(f"expected another folder than the inputs' own, got --out {out}: answers keep their inputs' names.")


def _predictions(model: Model, cases: list[Case], scratch: Path, *, skip_bad: bool, together: bool) -> Iterator[Prediction]:
    """Yield one prediction a case; with skip_bad a case that cannot be read is refused and the others go on.

    together : the rows of a patient are handed over at once, where a label is the patient's
    """
    units: dict[str, list[Case]] = {}
    for case in cases:
        units.setdefault(case.patient if together else case.key, []).append(case)
    for unit in units.values():
        try:
            yield from model.predict(CaseList(unit), scratch=scratch)
        except (OSError, ValueError, EOFError) as error:
            if not skip_bad:
                raise
            yield from (Prediction(case=case.key, answers={}, refused=str(error)) for case in unit)


def _from_scan(study: Study, path: Path, input_name: str | None) -> Asked:
    names = list(study.inputs)
    if input_name is None and len(names) > 1:
        raise StudyError(
            f"the study has the inputs {', '.join(names)}; say which this is with --input, or give a table with a column each."
        )
    name = input_name or names[0]
    if name not in names:
        raise StudyError(unknown("input", name, names))
    key = stem_of(path)
    if name in study.at:
        slide = open_slide(path, at=study.at[name])
        case = Case(key=key, patient=key, inputs={name: slide}, labels={}, covariates={})
        return Asked(case=case, cells={"case": key, study.patient: key, study.inputs[name]: str(path.resolve())}, source=path)
    unit = study.units.get(name)
    image = open_label_picture(path, unit) if unit is not None and shows_labels(unit) else open_image(path)
    if image.unit == "1" and unit is not None:
        image = dataclasses.replace(image, unit=unit)
    case = Case(key=key, patient=key, inputs={name: image}, labels={}, covariates={})
    return Asked(case=case, cells={"case": key, study.patient: key, study.inputs[name]: str(path.resolve())}, source=path)


def _from_table(study: Study, path: Path, data: Path | str | None) -> list[Asked]:
    fields: dict[str, object] = {"name": study.name, "cases": path.name, "inputs": study.inputs, "units": study.units}
    fields["at"] = study.at
    columns = [name.strip(' "\r') for name in path.read_text(encoding="utf-8-sig").partition("\n")[0].split(",")]
    if study.patient in columns:
        fields["patient"] = study.patient
    fields["covariates"] = tuple(c for c in study.covariates if c in columns)  # what is not told is missing, and said to be
    plain = Study.model_validate(fields)  # no target or group is asked of new data
    opened = open_cases(plain, folder=path.resolve().parent, data=data_root(Path(data) if data else None))
    # Where a label speaks is told to the model, if the table tells it; labels that happen to be there are never opened.
    places = {t.name: t.scope.partition(":")[2] for t in study.targets}
    scoped = tuple(
        Target(name=t.name, type="text", columns=(places[t.name],), scope=t.scope)
        for t in study.targets
        if places[t.name] in columns
    )
    cases = TableCases(plain.model_copy(update={"targets": scoped}), opened.table, opened.folders)
    asked = []
    for key in cases.keys:
        present = [c for c in study.inputs.values() if cases.cells(key).get(c)]
        if not present:
            raise StudyError(
                f"{path}, case {key}: expected a file in one of the columns {', '.join(study.inputs.values())}, got none."
            )
        cells = {"case": key, study.patient: cases[key].patient}
        files = {column: _file_of(cases, key, column) for column in present}
        cells |= {c: cases.cells(key)[c] if path is None else str(path.resolve()) for c, path in files.items()}
        asked.append(Asked(case=cases[key], cells=cells, source=files[present[0]] or Path(key)))
    return asked


def _file_of(cases: TableCases, key: str, column: str) -> Path | None:
    """Return the first file a cell names; None for words."""
    try:
        path = cases.paths(key, column)[0]
        is_text = column in {cases.study.inputs[name] for name in cases.study.texts}
        return None if is_text and not split_fragment(path)[0].exists() else path
    except OSError:  # a report is longer than the name of a file may be
        return None


def _write(
    asked: Asked, prediction: Prediction, study: Study, out: Path, *, stem: str, masked: bool, burn_in: bool
) -> dict[str, str]:
    """Write one case's answers and return its row."""
    row = dict(asked.cells)
    slide = slide_of(asked.case)
    answered = [t for t in study.targets if t.use == "learn" or t.name in prediction.answers]
    for target in answered:
        answer = prediction.answers.get(target.name)
        name = stem if len(answered) == 1 else f"{stem}_{safe_name(target.name)}"
        file = None
        if slide is not None:
            file = write_drawn(prediction, target.name, slide, out / name)
        elif isinstance(answer, Mask):
            file = _write_mask(answer, asked, target, out, name)
            image = next(iter(asked.case.inputs.values()))
            if masked and isinstance(image, Image):
                write_masked(image, answer, out / f"{name}_masked{_picture_suffix(asked.source)}")
        elif isinstance(answer, Image):
            answer = burned_in(answer) if burn_in else answer
            made_of_a_file = asked.source.exists()  # a request is none
            if made_of_a_file and output_suffix(asked.source) == ".dcm" and writable(answer, asked.source):
                made_by = f"isocenter, {study.method or task_of(study).default} of {study.name}"
                file = write_dicom_synthetic(
                    answer, asked.source, out / name, made_by=made_by, burned_in=burn_in and bool(answer.note)
                )
        row |= answer_columns(target, answer, folder=out, stem=stem, file=file)
        if target.type in ("points", "boxes") and not task_of(study).one_each:
            row |= _counts(prediction, target)
    row |= _write_maps(prediction, asked, out, stem)
    row["refused"] = prediction.refused or ""
    if any(target.scope != "exam" for target in study.targets):
        row["left_out"] = asked.left_out
    return row


def _counts(prediction: Prediction, target: Target) -> dict[str, str]:
    """Return how many places were found, a column for all and for each of several kinds; empty where none were looked for.

    The number is the method's own where it counts otherwise than by its points: the sum of a map, a share of the area.
    """
    points = prediction.answers.get(target.name)
    columns: dict[str, str] = {}
    for count in counts_beside(target):
        answer = prediction.answers.get(count.name)
        if answer is None and isinstance(points, Points):
            answer = count_given(points, count)
        columns[f"predicted_{count.name}"] = f"{answer.value:.7g}" if isinstance(answer, Amount) and points is not None else ""
    return columns


def _write_maps(prediction: Prediction, asked: Asked, out: Path, stem: str) -> dict[str, str]:
    """Write the maps a model gives beside its answers, as it was asked to; return a column for each."""
    columns = {}
    on_slide = slide_of(asked.case) is not None
    for name, extra in prediction.extras.items():
        if isinstance(extra, Image):
            suffix = ".ome.tif" if on_slide else _picture_suffix(asked.source)
            word = safe_name(name.replace(":", "_"))
            file = out / f"{stem}_{word}{'.tif' if suffix == '.png' else suffix}"
            path = write_heat_map(extra, file) if on_slide else write_image(extra, file)
            columns[f"predicted_{word}"] = path.name
    return columns


def _write_mask(mask: Mask, asked: Asked, target: Target, out: Path, name: str) -> Path:
    suffix = output_suffix(asked.source)
    path = out / f"{name}{suffix}"
    if suffix == ".dcm":
        return write_dicom_seg(mask, asked.source, path, codes=target.codes, algorithm="isocenter")
    image = next(iter(asked.case.inputs.values()))
    # Objects keep their numbers: the next study reads them with `instances: true`.
    return write_mask(mask.numbered(), path, like=image if isinstance(image, Image) else None)


def _picture_suffix(source: Path) -> str:
    suffix = output_suffix(source)
    return ".nii.gz" if suffix == ".dcm" else suffix


def _stems(asked: Iterable[Asked]) -> Mapping[str, str]:
    """Return a file name stem per case: the input's own, or the case key where two inputs share one."""
    stems = {a.case.key: stem_of(a.source) for a in asked}
    taken = list(stems.values())
    return {key: stem if taken.count(stem) == 1 else safe_name(key) for key, stem in stems.items()}


def stem_of(path: Path) -> str:
    """Return a file's name without its suffixes (.nii.gz counts as one), or a folder's name."""
    name = path.name.partition("#")[0]
    for double in (".nii.gz", ".dcm.gz"):
        if name.lower().endswith(double):
            return name[: -len(double)]
    return path.stem if not path.is_dir() else name
