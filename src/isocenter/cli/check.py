"""isocenter check: what is wrong with the data, before any training."""

from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.options import Data, Json, Study


def command(
    study: Study,
    data: Data = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what can be mended into fixed/ beside the study; originals stay.")
    ] = False,
    headers_only: Annotated[bool, typer.Option("--headers-only", help="Do not read the pixels.")] = False,
    json_: Json = False,
) -> None:
    """Say what is wrong with a study's data and how to mend it. Status 1 when something is."""
    from isocenter.cli.output import print_findings, print_json
    from isocenter.stages.check import check
    from isocenter.stages.progress import Terminal
    from isocenter.stages.run_cases import data_root

    folder: Path | None = study.resolve().parent / "fixed" if fix else None
    findings = check(study, data=data_root(data), fix=folder, progress=Terminal(), headers_only=headers_only)
    if json_:
        print_json(findings)
    else:
        print_findings(findings)
        if folder is not None:
            typer.echo(f"mended study: {folder / study.name}")
    if any(f.severity != "note" for f in findings):
        raise typer.Exit(1)
