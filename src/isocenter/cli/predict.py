"""isocenter predict: a run's model on new data."""

from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.options import Data, Json, Run, SkipBad


def command(
    run: Run,
    what: Annotated[Path, typer.Argument(help="A scan (file or DICOM folder), or a table of cases (.csv).", exists=True)],
    out: Annotated[Path, typer.Option("--out", help="Folder for the answers and their cases.csv.")],
    data: Data = None,
    input_: Annotated[
        str | None, typer.Option("--input", help="Which input a single scan is, where the study has several.")
    ] = None,
    masked: Annotated[
        bool, typer.Option("--masked", help="Also write the image with everything outside the classes removed.")
    ] = False,
    burn_in: Annotated[
        bool, typer.Option("--burn-in", help="Write 'synthetic image, not for diagnosis' into the pixels of images made.")
    ] = False,
    skip_bad: SkipBad = False,
    json_: Json = False,
) -> None:
    """Answer new cases in their original geometry: NIfTI, PNG or DICOM SEG, and a cases.csv the next study can read."""
    from isocenter.cli.output import print_json
    from isocenter.stages.predict import predict
    from isocenter.stages.progress import Terminal

    table = predict(
        run, what, out=out, data=data, input_name=input_, masked=masked, burn_in=burn_in, skip_bad=skip_bad, progress=Terminal()
    )
    if json_:
        print_json({"cases": str(table)})
    else:
        typer.echo(f"answers: {table}")
