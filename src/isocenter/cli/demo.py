"""isocenter demo: the main job on a phantom study, in a few minutes."""

from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.options import TimeLimit, minutes_of


def command(
    out: Annotated[Path, typer.Option("--out", help="Folder for the study and its run.")] = Path("isocenter-demo"),
    time_limit: TimeLimit = "90s",
) -> None:
    """Draw a phantom chest X-ray study, learn to find the lungs in it, and write the report."""
    from isocenter.cli.output import headlines
    from isocenter.stages.demo import demo
    from isocenter.stages.progress import Terminal

    run = demo(out, minutes=minutes_of(time_limit) or 1.5, progress=Terminal())
    for line in headlines(run.estimates()):
        typer.echo(line)
    typer.echo(f"report: {run.path / 'report.html'}")
