"""isocenter exchange: what one kind of label is worth in another, from two runs whose arms vary a number of labels."""

from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.options import Json


def command(
    first: Annotated[Path, typer.Argument(help="A run whose arms vary one kind of label.", exists=True, file_okay=False)],
    second: Annotated[Path, typer.Argument(help="A run whose arms vary another.", exists=True, file_okay=False)],
    labels: Annotated[float | None, typer.Option(help="Number of labels of the first at which to exchange.")] = None,
    seed: Annotated[int, typer.Option(help="Of the resampling.")] = 0,
    json_: Json = False,
) -> None:
    """Say what one label of the first run is worth in labels of the second."""
    from isocenter.cli.output import print_json
    from isocenter.stages.exchange import exchange

    made = exchange(first, second, labels=labels, seed=seed)
    if json_:
        print_json([made])
        return
    for curve in (made.first, made.second):
        points = ", ".join(f"{n}: {error:.3f}" for n, error in zip(curve.counts, curve.errors, strict=True))
        typer.echo(f"error ({curve.quantity}) by number of {curve.labels}: {points}")
    typer.echo(made.sentence)
