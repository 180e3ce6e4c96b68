"""isocenter degrade: images beside what a worse scan would have shown, as a study of restoration."""

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from isocenter.cli.options import Data, Json, Study


def command(
    study: Study,
    how: Annotated[str, typer.Argument(help="low_dose, rician, motion … (isocenter list degradations).")],
    out: Annotated[Path, typer.Option("--out", help="Folder for study.yaml, cases.csv and the images.")],
    data: Data = None,
    name: Annotated[str | None, typer.Option("--input", help="The input made worse; default the study's first.")] = None,
    slices: Annotated[int | None, typer.Option("--slices", help="So many slices a volume, each a case.", min=1)] = None,
    guide: Annotated[str | None, typer.Option("--guide", help="A mask target kept beside the images, to guide training.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same noise.")] = 0,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="An option of the degradation: dose=0.1.", metavar="NAME=VALUE")
    ] = None,
    json_: Json = False,
) -> None:
    """Make the images of a worse scan from a study's, and write both as a study of restoration."""
    from isocenter.cli.options import settings_of
    from isocenter.cli.output import print_json
    from isocenter.stages.degrade import degrade
    from isocenter.stages.progress import Terminal

    options = settings_of(set_)
    path = degrade(
        study, how, out, data=data, name=name, slices=slices, guide=guide, seed=seed, options=options, progress=Terminal()
    )
    if json_:
        print_json({"study": path})
    else:
        typer.echo(f"Next: isocenter run {quote(str(path))} --data {quote(str(out))} --out RUN")
