"""isocenter compare: arms or runs in one table, on the cases they share."""

import math
from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.options import Json


def command(
    runs: Annotated[list[Path], typer.Argument(help="Run folders; or one run with arms.", exists=True, file_okay=False)],
    json_: Json = False,
) -> None:
    """Compare runs, or the arms of one, by their primary number: the effect with its interval first, p second."""
    from isocenter.cli.output import print_json
    from isocenter.stages.added import what_labels_added
    from isocenter.stages.compare import compare
    from isocenter.stages.run_folder import RunFolder

    rows = compare(runs)
    if json_:
        print_json(rows)
        return
    for row in rows:
        value = "undefined" if math.isnan(row.value) else f"{row.value:.3f}"
        typer.echo(f"{row.name:<40}{row.quantity:<12}{value:>9}   {row.patients} patients{row.words}")
    for added in what_labels_added(RunFolder(runs[0])) if len(runs) == 1 else ():
        typer.echo(added.sentence)
