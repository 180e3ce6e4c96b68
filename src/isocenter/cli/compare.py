"""isocenter compare: arms or runs in one table, on the cases they share."""

from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.options import Json


def command(
    runs: Annotated[list[Path], typer.Argument(help="Run folders; or one run with arms.", exists=True, file_okay=False)],
    exchange: Annotated[
        bool,
        typer.Option("--exchange", help="Of two runs whose arms vary a number of labels: what one label of the first is worth."),
    ] = False,
    json_: Json = False,
) -> None:
    """Compare runs, or the arms of one, by their primary number: the effect with its interval first, p second."""
    from isocenter.cli.output import print_json
    from isocenter.stages.compare import compare

    if exchange:
        _exchange(runs, as_json=json_)
        return
    rows = compare(runs)
    if json_:
        print_json(rows)
        return
    for row in rows:
        effect = "" if row.effect is None else f"   {row.effect:+.3f} [{row.low:+.3f}, {row.high:+.3f}], p {row.p:.3g}"
        typer.echo(f"{row.name:<40}{row.quantity:<12}{row.value:8.3f}   {row.patients} patients{effect}")


def _exchange(runs: list[Path], *, as_json: bool) -> None:
    """Say what labels of the first run are worth in labels of the second."""
    from isocenter.cli.output import print_json
    from isocenter.core.errors import RunError
    from isocenter.stages.exchange import exchange

    if len(runs) != 2:
        raise RunError(
            f"expected two runs to exchange labels between, got {len(runs)}. Name one whose arms vary each kind of label."
        )
    made = exchange(*runs)
    if as_json:
        print_json([made])
        return
    for curve in (made.first, made.second):
        points = ", ".join(f"{n}: {error:.3f}" for n, error in zip(curve.counts, curve.errors, strict=True))
        typer.echo(f"error ({curve.quantity}) by number of {curve.labels}: {points}")
    found = made.found
    typer.echo(
        f"at {found.cases:.0f} labels, one of {made.first.labels} is worth {found.rate:.2f} of {made.second.labels} "
        f"[{found.interval.low:.2f}, {found.interval.high:.2f}] ({found.interval.kind}); nan: beyond ten times the numbers tried"
    )
