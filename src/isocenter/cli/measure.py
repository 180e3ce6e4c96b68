"""isocenter measure: carry out a pipeline, from files to numbers and a page."""

from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.options import Json, Set


def command(
    name: Annotated[str, typer.Argument(help="A pipeline (isocenter list pipelines).")],
    what: Annotated[list[Path], typer.Argument(help="The files it takes, in order: a scan, a table …")],
    out: Annotated[Path, typer.Option("--out", help="Folder for tables and the page.")],
    set_: Set = None,
    json_: Json = False,
) -> None:
    """Measure something that needs no run: growth curves, profiles of cells, serial sections. Status 1 when something is found."""
    from isocenter.cli.options import settings_of
    from isocenter.cli.output import print_findings, print_json
    from isocenter.pipelines.pipeline import measure
    from isocenter.stages.progress import Terminal

    made = measure(name, *what, out=out, settings=settings_of(set_), progress=Terminal())
    if json_:
        print_json({"measurements": made.measurements, "findings": made.findings, "files": made.files})
    else:
        for m in made.measurements:
            ends = f"[{m.ci95[0]:.4g}, {m.ci95[1]:.4g}]" if m.ci95 is not None else ""
            unit = "" if m.unit == "1" else f" {m.unit}"
            typer.echo(f"{m.case:<28}{m.name:<24}{m.value:10.4g}{unit}  {ends}")
        if made.findings:
            print_findings(made.findings)
        for path in made.files:
            typer.echo(f"wrote: {path}")
    if any(f.severity != "note" for f in made.findings):
        raise typer.Exit(1)
