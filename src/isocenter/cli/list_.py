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
    for row in rows:
        head = row["name"] if not row.get("task") else f"{row['task']}/{row['name']}"
        typer.echo(f"{head:<36}{row.get('cite', '')}")
