"""isocenter list: what is installed, with citations."""

from typing import Annotated

import typer

from isocenter.cli.options import Json


def command(
    what: Annotated[
        str,
        typer.Argument(
            help="tasks, methods, metrics, networks, encoders, poolings, fusions, conditionings, heads, pretrainings, losses, "
            "regularizers, samplers, phantoms, degradations, checks, audits, attributions or layouts."
        ),
    ] = "methods",
    json_: Json = False,
) -> None:
    """List what is installed, with citations and settings."""
    from isocenter.cli.output import print_json
    from isocenter.stages.catalog import catalog

    rows = catalog(what)
    if json_:
        print_json(rows)
        return
    heads = [row["name"] if not row.get("task") else f"{row['task']}/{row['name']}" for row in rows]
    width = max(map(len, heads), default=0) + 2
    for head, row in zip(heads, rows, strict=True):
        typer.echo(f"{head:<{width}}{row.get('cite', '')}")
