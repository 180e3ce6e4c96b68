"""Options several commands share, and how their text becomes values."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from isocenter.core.errors import StudyError

Data = Annotated[
    Path | None, typer.Option("--data", help="Folder the paths in cases.csv are relative to; default $ISOCENTER_DATA.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", help="A setting of the method: name=value. May be repeated.", metavar="NAME=VALUE")
]
Study = Annotated[Path, typer.Argument(help="study.yaml", exists=True, dir_okay=False)]
Run = Annotated[Path, typer.Argument(help="A run folder.", exists=True, file_okay=False)]
TimeLimit = Annotated[str | None, typer.Option("--time-limit", help="Training time, per model: 90s, 15m, 1h.")]
Preset = Annotated[str, typer.Option("--preset", help="small (3 min), cpu (15 min) or full (10 h).")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Leave out cases that cannot be read; the report names them.")]

_UNITS = {"s": 1 / 60, "m": 1.0, "h": 60.0, "": 1.0}


def minutes_of(text: str | None) -> float | None:
    """Return minutes from "90s", "15m", "1h", "1h30m". StudyError for anything else."""
    if text is None:
        return None
    parts = re.findall(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    if not parts or "".join(n + u for n, u in parts) != text.strip():
        raise StudyError(f"expected a time such as 90s, 15m or 1h30m, got {text!r}.")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def settings_of(items: list[str] | None) -> dict[str, Any]:
    """Return {name: value} from name=value items; values are read as YAML: 0.1, [8, 8], true. StudyError without "="."""
    from ruamel.yaml import YAML

    settings: dict[str, Any] = {}
    for item in items or []:
        name, equals, text = item.partition("=")
        if not equals or not name.strip():
            raise StudyError(f"expected --set name=value, got {item!r}.")
        settings[name.strip()] = YAML(typ="safe").load(text) if text.strip() else ""
    return settings
