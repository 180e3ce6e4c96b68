"""The run folder: one self-contained folder per run, readable by eye.

In:   nouns to write. Out: nouns read back; predictions as JSON lines; folds and arms as run folders inside.
Not:  no stage logic; no drawing.

Every file is written under a temporary name and renamed, so a killed process leaves the old file or the new one, never half.
"""

import csv
import dataclasses
import hashlib
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeVar

import pandas as pd
from pydantic import TypeAdapter

from isocenter.core.comparison import Comparison
from isocenter.core.errors import FileError, RunError
from isocenter.core.estimate import Estimate
from isocenter.core.finding import Finding
from isocenter.core.measurement import Measurement
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study
from isocenter.io.values import value_from_json, value_to_json
from isocenter.stages.stamps import Stamps

T = TypeVar("T")
Inner = Literal["fold", "arm", "baseline"]
FORMAT = 1
"""Version of the run folder's files; written in stages.json."""
MEASUREMENT_COLUMNS = ["case", "patient", "part", "fold", "who", "target", "name", "value", "unit", "method"]


class RunFolder:
    """One run: reading, writing, and what is fresh."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.stamps = Stamps(self.path)

    # --- files -----------------------------------------------------------------------------------------------------------

    def create(self) -> "RunFolder":
        """Make the folder. FileError if it cannot be made."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"expected to make the folder {self.path}, got {error.strerror}. Choose another --out.") from error
        return self

    def exists(self, name: str) -> bool:
        """Tell whether a file or folder of the run is there."""
        return (self.path / name).exists()

    def write_text(self, name: str, text: str) -> Path:
        """Write one file, whole or not at all. FileError on a full disk."""
        target = self.path / name
        temporary = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(text, encoding="utf-8")
            os.replace(temporary, target)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise FileError(
                f"expected to write {target}, got: {error.strerror}. Free some space or choose another --out, then run the same "
                "command again; it goes on where it stopped."
            ) from error
        return target

    def read_text(self, name: str, *, stage: str) -> str:
        """Read one file. RunError naming the stage to run first when it is missing."""
        try:
            return (self.path / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise RunError(f"expected {self.path / name}, which is not there. Run first: isocenter {stage} {self.path}") from None

    def write_json(self, name: str, data: Any) -> Path:
        """Write plain data as JSON."""
        return self.write_text(name, json.dumps(data, indent=1, ensure_ascii=False, default=_plain) + "\n")

    def read_json(self, name: str, *, stage: str) -> Any:
        """Read JSON. RunError when the file is missing or damaged."""
        text = self.read_text(name, stage=stage)
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise RunError(
                f"expected JSON in {self.path / name}, got {error}. Delete the file and run: isocenter {stage}"
            ) from error

    # --- nouns -----------------------------------------------------------------------------------------------------------

    def write(self, noun: object) -> None:
        """Write a Plan or a Study under its own name."""
        if isinstance(noun, Plan):
            self.write_json("plan.json", dataclasses.asdict(noun))
        elif isinstance(noun, Study):
            from isocenter.io.study_file import write_study

            self.create()
            write_study(noun, self.path / "study.yaml")
        else:
            raise TypeError(f"expected a Plan or a Study, got {type(noun).__name__}")

    def read(self, kind: type[T]) -> T:
        """Read a Plan or a Study. RunError when it is not there yet."""
        if kind is Study:
            from isocenter.io.study_file import read_study

            self.read_text("study.yaml", stage="run STUDY --out")
            return read_study(self.path / "study.yaml")  # type: ignore[return-value]
        if kind is Plan:
            return TypeAdapter(kind).validate_python(self.read_json("plan.json", stage="plan"))
        raise TypeError(f"expected Plan or Study, got {kind.__name__}")

    def write_records(self, name: str, records: Sequence[Estimate] | Sequence[Finding]) -> None:
        """Write estimates or findings."""
        self.write_json(name, [dataclasses.asdict(r) for r in records])

    def estimates(self, name: str = "estimates.json") -> list[Estimate]:
        """Return the estimates of the last evaluation, or those in another file."""
        return TypeAdapter(list[Estimate]).validate_python(_with_nan(self.read_json(name, stage="evaluate")))

    def comparisons(self) -> list[Comparison]:
        """Return how the model differs from what stands beside it; [] before an evaluation."""
        if not self.exists("comparisons.json"):
            return []
        return TypeAdapter(list[Comparison]).validate_python(_with_nan(self.read_json("comparisons.json", stage="evaluate")))

    def findings(self) -> list[Finding]:
        """Return what check and the audits found; [] before either ran."""
        found: list[Finding] = []
        for name in ("check.json", "findings.json"):
            if self.exists(name):
                found += TypeAdapter(list[Finding]).validate_python(_with_nan(self.read_json(name, stage="check")))
        return found

    def write_measurements(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write measurements.csv, one quantity of one case a row."""
        table = pd.DataFrame(rows, columns=MEASUREMENT_COLUMNS)
        self.write_text("measurements.csv", table.to_csv(index=False))

    def measurements(self) -> pd.DataFrame:
        """Return measurements.csv."""
        self.read_text("measurements.csv", stage="evaluate")
        keys = dict.fromkeys(["case", "patient", "part", "fold", "who", "target", "name", "unit", "method"], str)
        return pd.read_csv(self.path / "measurements.csv", dtype=keys, keep_default_na=False, na_values={"value": [""]})

    # --- predictions -----------------------------------------------------------------------------------------------------

    def append(self, prediction: Prediction) -> None:
        """Append one line to predictions.jsonl and flush it; arrays go beside it."""
        folder = self.path / "predictions"
        folder.mkdir(parents=True, exist_ok=True)
        stem = safe_name(prediction.case)
        line = {
            "case": prediction.case,
            "refused": prediction.refused,
            "unlike": prediction.unlike if math.isfinite(prediction.unlike) else None,
            "because": prediction.because,
            "answers": {n: value_to_json(v, folder, f"{stem}_{safe_name(n)}") for n, v in prediction.answers.items()},
            "extras": {n: value_to_json(v, folder, f"{stem}_{safe_name(n)}") for n, v in prediction.extras.items()},
        }
        try:
            text = json.dumps(line, ensure_ascii=False, default=_plain) + "\n"
            with open(self.path / "predictions.jsonl", "ab+") as file:
                if file.tell() and _last_byte(file) != b"\n":
                    text = "\n" + text  # a line cut off by a kill or a full disk must not swallow this one
                file.write(text.encode("utf-8"))
        except OSError as error:
            raise FileError(
                f"expected to append to {self.path / 'predictions.jsonl'}, got: {error.strerror}. Free some space."
            ) from error

    def predictions(self) -> Iterator[Prediction]:
        """Yield the predictions written so far; the last line of a case rules. Arrays are lazy."""
        file = self.path / "predictions.jsonl"
        if not file.exists():
            return
        lines: dict[str, dict[str, Any]] = {}
        for text in file.read_text(encoding="utf-8").splitlines():
            try:
                line = json.loads(text)
            except json.JSONDecodeError:
                continue  # a line cut off by a kill; its case is predicted again
            lines[line["case"]] = line
        folder = self.path / "predictions"
        for line in lines.values():
            yield Prediction(
                case=line["case"],
                refused=line["refused"],
                **_how_unlike(line),
                answers={n: value_from_json(v, folder) for n, v in line["answers"].items()},
                extras={n: value_from_json(v, folder) for n, v in line["extras"].items()},
            )

    # --- inner runs ------------------------------------------------------------------------------------------------------

    def inner(self, kind: Inner, name: str) -> "RunFolder":
        """Return the run folder of a fold, an arm or a baseline: an ordinary one, so every stage works in it."""
        return RunFolder(self.path / kind / safe_name(name))

    def inners(self, kind: Inner) -> list["RunFolder"]:
        """Return the folds, arms or baselines that exist, in order of name."""
        folder = self.path / kind
        return [RunFolder(p) for p in sorted(folder.iterdir()) if p.is_dir()] if folder.is_dir() else []

    def openings(self) -> list[dict[str, str]]:
        """Return the ledger of openings of the test split: time, plan hash, metric."""
        if not self.exists("openings.csv"):
            return []
        with open(self.path / "openings.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def fresh(self, stage: str) -> bool:
        """Tell whether a stage's result still follows from what it read."""
        return self.stamps.fresh(stage)

    def __repr__(self) -> str:
        """Say where the run is and which stages are done."""
        return f"RunFolder({self.path}; done: {', '.join(self.stamps.done()) or 'nothing yet'})"


def _last_byte(file: BinaryIO) -> bytes:
    file.seek(-1, os.SEEK_END)
    return file.read(1)


def _how_unlike(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return how unlike a case is, as a line of predictions.jsonl says it; older ones say nothing."""
    because = line.get("because", "")
    told = line.get("unlike")
    return {"unlike": math.inf if because else math.nan if told is None else told, "because": because}


def safe_name(text: str) -> str:
    """Return a name any file system takes; a text that had to be changed gets a mark of its own, so that no two become one."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.=") else "_" for c in text).strip(".") or "_"
    return plain if plain == text else f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def _plain(value: Any) -> Any:
    """Make numpy numbers, arrays and paths writable as JSON."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, frozenset | set | tuple):
        return list(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"cannot write {type(value).__name__} as JSON")


def _with_nan(data: Any) -> Any:
    """JSON null in a number's place is NaN (Python's json writes NaN itself; other tools may have written null)."""
    if isinstance(data, dict):
        return {k: (float("nan") if v is None and k == "value" else _with_nan(v)) for k, v in data.items()}
    return [_with_nan(v) for v in data] if isinstance(data, list) else data


def measurement_row(m: Measurement, *, patient: str, part: str, fold: str, who: str, target: str) -> dict[str, Any]:
    """Return one row of measurements.csv."""
    return {
        "case": m.case,
        "patient": patient,
        "part": part,
        "fold": fold,
        "who": who,
        "target": target,
        "name": m.name,
        "value": m.value,
        "unit": m.unit,
        "method": m.method,
    }
