"""isocenter slices: the slices of a study's volumes as pictures, for what reads pictures alone."""

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from isocenter.cli.options import Data, Json, Study


def command(
    study: Study,
    out: Annotated[Path, typer.Option("--out", help="Folder for study.yaml, cases.csv and the pictures.")],
    data: Data = None,
    name: Annotated[str | None, typer.Option("--input", help="The input that is sliced; default the study's first.")] = None,
    count: Annotated[int, typer.Option("--count", help="Slices of each volume, evenly spaced.", min=1)] = 6,
    plane: Annotated[
        str | None, typer.Option("--plane", help="axial, coronal or sagittal; default as each volume was acquired.")
    ] = None,
    json_: Json = False,
) -> None:
    """Write slices of a study's volumes as pictures, and a study without targets that learns them."""
    from isocenter.cli.output import print_json
    from isocenter.stages.progress import Terminal
    from isocenter.stages.slices import slices

    path = slices(study, out, data=data, name=name, count=count, plane=plane, progress=Terminal())
    if json_:
        print_json({"study": path})
    else:
        typer.echo(f"Next: isocenter run {quote(str(path))} --data {quote(str(out))} --out RUN")
