"""Stamps: which stage read what, so that it reruns exactly when something above it changed.

In:   names of files of the run folder a stage read and wrote.
Out:  stages.json — per stage the hash of what it read, and when.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from isocenter.io.study_file import raw_fields
from isocenter.io.whole_file import write_whole

READS: dict[str, tuple[str, ...]] = {
    "check": ("study.yaml", "cases.csv"),
    "split": ("study.yaml#learning", "cases.csv", "split_given.csv"),
    "fingerprint": ("study.yaml#learning", "cases.csv", "split.csv"),
    "plan": ("study.yaml#learning", "fingerprint.json"),
    "train": ("study.yaml#learning", "cases.csv", "split.csv", "plan.json"),
    "predict": ("cases.csv", "split.csv", "plan.json", "model"),
    "operate": ("study.yaml", "cases.csv", "split.csv", "predictions.jsonl"),
    "evaluate": ("study.yaml", "cases.csv", "split.csv", "predictions.jsonl"),
}
"""The order of the stages, and the files whose change makes a stage stale. "#learning": without what is only measured or shown."""

SHOWN = frozenset({"metrics", "baselines", "groups", "caveats", "refuse", "tune"})
"""Fields of a study that no model depends on: changing them trains nothing anew; nor does `operate` of a target."""

WRITES: dict[str, str] = {
    "check": "check.json",
    "split": "split.csv",
    "fingerprint": "fingerprint.json",
    "plan": "plan.json",
    "train": "model",
    "predict": "predictions.jsonl",
    "operate": "thresholds.json",
    "evaluate": "estimates.json",
}
"""The file that shows a stage was done."""


def _learning_part(path: Path) -> bytes:
    """Return the study without what is only measured or shown, in one order."""
    if not path.exists():
        return b"absent"
    fields = raw_fields(path)
    for target in fields.get("targets") or ():
        if isinstance(target, dict):
            target.pop("operate", None)
    return json.dumps({k: v for k, v in fields.items() if k not in SHOWN}, sort_keys=True, default=str).encode()


class Stamps:
    """stages.json of one run folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _read(self) -> dict[str, Any]:
        try:
            data: dict[str, Any] = json.loads((self.folder / "stages.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {"format": 1, "stages": {}}
        return data

    def _hash(self, names: Sequence[str]) -> str:
        digest = hashlib.sha256()
        for name in names:
            file_name, _, part = name.partition("#")
            path = self.folder / file_name
            if part:
                digest.update(_learning_part(path))
                continue
            files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
            for file in files:
                digest.update(file.name.encode())
                digest.update(file.read_bytes() if file.exists() else b"absent")
        return digest.hexdigest()[:16]

    def stamp(self, stage: str, **notes: Any) -> None:
        """Record that a stage was done on what lies there now."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self._put(stage, {"read": self._hash(READS[stage]), "at": at, **notes})

    def remember(self, entry: str, **notes: Any) -> None:
        """Record something that is no finished stage: what a training in progress follows."""
        self._put(entry, notes)

    def _put(self, entry: str, values: dict[str, Any]) -> None:
        data = self._read()
        data["stages"][entry] = values
        text = json.dumps(data, indent=1) + "\n"
        write_whole(self.folder / "stages.json", lambda beside: beside.write_text(text, encoding="utf-8"))

    def fresh(self, stage: str) -> bool:
        """Tell whether a stage was done and nothing it read has changed since."""
        entry = self._read()["stages"].get(stage)
        return bool(entry) and (self.folder / WRITES[stage]).exists() and entry["read"] == self._hash(READS[stage])

    def notes(self, stage: str) -> dict[str, Any]:
        """Return what was recorded for a stage; {} before it was done."""
        entry: dict[str, Any] = self._read()["stages"].get(stage, {})
        return entry

    def done(self) -> list[str]:
        """Return the stages done so far, in order."""
        entries = self._read()["stages"]
        return [stage for stage in READS if stage in entries]

    def hash_of_reads(self, stage: str) -> str:
        """Return the hash of everything a stage reads, as it lies there now."""
        return self._hash(READS[stage])

    def hash_of(self, name: str) -> str:
        """Return the hash of one file of the run (the plan's goes into the openings ledger)."""
        return self._hash([name])
