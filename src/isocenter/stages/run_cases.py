"""The study and the cases of a run folder, wherever the images lie.

In:   a study file (a new run) or a run folder (an old one).
Out:  study.yaml, cases.csv and sources.json in the run; the opened table.
"""

import os
import shutil
from pathlib import Path

from pydantic import ValidationError

from isocenter.core.errors import RunError, StudyError
from isocenter.core.study import Study
from isocenter.io.study_file import read_study
from isocenter.io.table import TableCases, open_cases
from isocenter.stages.run_folder import RunFolder

DATA_VARIABLE = "ISOCENTER_DATA"
GIVEN_SPLIT = "split_given.csv"
"""The run's copy of the split file a study points at."""


def start_run(study_path: Path, out: Path, *, data: Path | None = None, settings: dict[str, object] | None = None) -> RunFolder:
    """Make (or take up) the run folder of a study. RunError when the folder holds another study's run.

    settings : `--set` values, written into the run's study.yaml so that the run says all it needs
    """
    study = read_study(study_path, data=data)
    if settings:
        study = with_settings(study, settings)
    run = RunFolder(out).create()
    if run.exists("study.yaml"):
        before = run.read(Study)
        if before.name != study.name:
            raise RunError(
                f"expected a run of the study {study.name!r} in {out}, got one of {before.name!r}. Choose another --out."
            )
    folder = study_path.resolve().parent
    root = data_root(data)
    table = open_cases(study, folder=folder, data=root)
    _write_if_changed(run, study, table, folder)
    before = run.read_json("sources.json", stage="run") if run.exists("sources.json") else {}
    kept = before.get("data") if root is None else str(root)
    run.write_json("sources.json", {"folder": str(folder), "data": kept, "folders": [str(f) for f in table.folders]})
    return run


def open_run(run: RunFolder) -> tuple[Study, TableCases]:
    """Return the study and the table of a run that exists.

    Paths start where they started when the run began, the study's own folder included; $ISOCENTER_DATA stands in for a data folder
    that is no longer there.
    """
    study = run.read(Study)
    sources = run.read_json("sources.json", stage="run STUDY --out")
    folder = Path(sources["folder"])
    began = Path(sources["data"]) if sources["data"] else None
    data = began if began is not None and began.is_dir() else data_root(None)
    table = open_cases(study, folder=run.path, data=data or folder)
    known = [Path(f) for f in sources.get("folders", [])]
    return study, TableCases(study, table.table, tuple(dict.fromkeys((*table.folders, folder, *known))))


def data_root(data: Path | None) -> Path | None:
    """Return the folder paths in tables are relative to: --data, else $ISOCENTER_DATA, else None (the study's folder)."""
    if data is not None:
        return data.resolve()
    from_environment = os.environ.get(DATA_VARIABLE)
    return Path(from_environment).resolve() if from_environment else None


def with_settings(study: Study, settings: dict[str, object]) -> Study:
    """Return the study with `--set name=value` applied: a field, or a setting of its method. StudyError if it does not fit."""
    fields = {n: v for n, v in settings.items() if n in ("method", "task", "seed")}
    inner = {n: v for n, v in settings.items() if n not in fields}
    try:
        return Study.model_validate({**study.model_dump(), **fields, "settings": {**study.settings, **inner}})
    except ValidationError as error:
        wrong = error.errors()[0]
        name = ".".join(map(str, wrong["loc"]))
        raise StudyError(f"expected a value that fits --set {name}=…, got {wrong['input']!r}: {wrong['msg'].lower()}.") from None


def _write_if_changed(run: RunFolder, study: Study, table: TableCases, folder: Path) -> None:
    """Write study.yaml and cases.csv only when they differ, so that finished stages stay fresh."""
    fresh = run.path / ".cases.csv"
    table.write(fresh)
    _replace_if_changed(fresh, run.path / "cases.csv")
    inside = study.model_copy(update={"cases": Path("cases.csv"), "split": _inside_split(study, folder, run)})
    if not run.exists("study.yaml") or run.read(Study) != inside:
        run.write(inside)


def _inside_split(study: Study, folder: Path, run: RunFolder) -> dict[str, int | float | str]:
    """Copy the study's split file into the run and point at the copy: a run is whole, and notices when the file changes."""
    split = dict(study.split)
    if "file" in split:
        given = folder / str(split["file"])
        if not given.is_file():
            raise StudyError(f"expected the split file {given}, which is not there. Mend `split: {{file: …}}` in the study.")
        fresh = run.path / f".{GIVEN_SPLIT}"
        shutil.copyfile(given, fresh)
        _replace_if_changed(fresh, run.path / GIVEN_SPLIT)
        split["file"] = GIVEN_SPLIT
    return split


def _replace_if_changed(fresh: Path, target: Path) -> None:
    """Put a file in another's place, unless they are the same."""
    if target.exists() and target.read_bytes() == fresh.read_bytes():
        fresh.unlink()
    else:
        os.replace(fresh, target)
