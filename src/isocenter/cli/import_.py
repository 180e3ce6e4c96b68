"""isocenter import: a folder in a known layout becomes a study."""

from pathlib import Path
from typing import Annotated

import typer


def command(
    layout: Annotated[str, typer.Argument(help="msd, nnunet, bids or torchxrayvision; see: isocenter list layouts")],
    folder: Annotated[Path, typer.Argument(help="The folder (or table) to import.", exists=True)],
    out: Annotated[Path, typer.Option("--out", help="Folder for study.yaml and cases.csv.")],
) -> None:
    """Write study.yaml and cases.csv for data that lie in a known layout; no image is copied."""
    from isocenter.io.layout import import_layout, write_imported

    typer.echo(f"study: {write_imported(import_layout(layout, folder, root=out.resolve()), out)}")
