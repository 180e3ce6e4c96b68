"""What commands print: lines for people, JSON for programs. Progress goes to stderr."""

import dataclasses
import json
import math
from collections.abc import Sequence
from typing import Any

import typer

from isocenter.core.estimate import Estimate
from isocenter.core.finding import Finding


def print_json(data: Any) -> None:
    """Print plain data, or records, as JSON."""
    typer.echo(json.dumps(_finite(data), indent=1, ensure_ascii=False, allow_nan=False))


def estimate_line(e: Estimate, *, target: bool = False) -> str:
    """Return one estimate as a line: value, interval, n; with `target`, also of what."""
    unit = "" if e.unit == "1" else f" {e.unit}"
    interval = f"[{e.ci95[0]:.3f}, {e.ci95[1]:.3f}]" if not math.isnan(e.ci95[0]) else "no interval"
    group = "" if e.group == "all" else f"  {e.group}"
    count = f"{e.patients} patients, {e.cases} cases"
    name = f"{e.target}: {e.name}" if target else e.name
    value = "undefined" if math.isnan(e.value) else f"{e.value:.3f}{unit}"
    return f"{e.who:<23} {name:<24}{value:>9}  {interval:<16}  {count} ({e.part}; {e.interval}){group}"


def headlines(estimates: Sequence[Estimate]) -> list[str]:
    """Return a line per answerer and target: the task's primary number, which comes first; the rest is in the report."""
    whole = [e for e in estimates if e.group == "all"]
    first = {e.target: e.name for e in reversed(whole)}
    return [estimate_line(e, target=len(first) > 1) for e in whole if e.name == first[e.target]]


def print_findings(findings: Sequence[Finding]) -> None:
    """Print findings, the gravest first."""
    order = {"failure": 0, "warning": 1, "note": 2}
    for f in sorted(findings, key=lambda f: order[f.severity]):
        cases = f"  cases {', '.join(f.cases[:5])}{' …' if len(f.cases) > 5 else ''}" if f.cases else ""
        typer.echo(
            f"{f.severity:<8} {f.code}{cases}\n         expected {f.expected}\n         got      {f.got}\n         do       {f.do}"
        )
    if not findings:
        typer.echo("nothing found")


def _finite(value: Any) -> Any:
    """Return records, arrays and paths as plain data; NaN and infinity, which JSON does not know, as null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _finite(dataclasses.asdict(value))
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_finite(v) for v in value]
    if hasattr(value, "tolist"):
        return _finite(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | bool | None) else str(value)
