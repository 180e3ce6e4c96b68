"""Where and when a benchmark was run: the columns every committed row carries."""

import csv
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import torch

PACKAGES = ("torch", "monai", "openvino", "numpy", "scikit-learn")
RESULTS = Path(__file__).parent / "results"


def provenance(*, seed: int) -> dict[str, str]:
    """Return commit, versions, seed, machine, date."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    changed = subprocess.run(["git", "status", "--porcelain", "src"], capture_output=True, text=True, check=False).stdout.strip()
    return {
        "commit": (commit or "unknown") + ("+changes" if changed else ""),
        "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES if find_spec(name.replace("scikit-learn", "sklearn"))),
        "seed": str(seed),
        "machine": f"{card()}{processor()}, {os.cpu_count()} cores",
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


def card() -> str:
    """Return the name of the graphics card and a comma; nothing without one."""
    return f"{torch.cuda.get_device_name(0)}, " if torch.cuda.is_available() else ""


def processor() -> str:
    """Return the processor's name and the fast arithmetic it has."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    name = next((line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")), platform.machine())
    flags = next((line for line in text.splitlines() if line.startswith("flags")), "")
    fast = [
        label for flag, label in (("amx_bf16", "AMX"), ("avx512_bf16", "AVX-512 BF16"), ("avx2", "AVX2")) if f" {flag}" in flags
    ]
    return f"{name} ({fast[0]})" if fast else name


def add_rows(name: str, rows: Sequence[Mapping[str, object]], *, key: Sequence[str]) -> Path:
    """Put rows into results/<name>.csv; a row with the same key replaces the one before."""
    path = RESULTS / f"{name}.csv"
    path.parent.mkdir(exist_ok=True)
    held: list[dict[str, str]] = []
    if path.exists():
        with open(path, newline="", encoding="utf-8") as file:
            held = list(csv.DictReader(file))
    fresh = [{k: str(v) for k, v in row.items()} for row in rows]
    taken = {tuple(row.get(k, "") for k in key) for row in fresh}
    kept = [row for row in held if tuple(row.get(k, "") for k in key) not in taken]
    columns = list(dict.fromkeys(c for row in (*fresh, *kept) for c in row))
    everything = sorted((*kept, *fresh), key=lambda row: tuple(row.get(k, "") for k in key))
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(everything)
    return path
