"""isocenter plan: every setting with its reason; or how wide an interval to expect."""

from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.options import Data, Json, Preset, Set, TimeLimit, minutes_of, settings_of


def command(
    what: Annotated[Path, typer.Argument(help="study.yaml or a run folder.", exists=True)],
    out: Annotated[Path | None, typer.Option("--out", help="The run folder, when a study is given.")] = None,
    data: Data = None,
    time_limit: TimeLimit = None,
    preset: Preset = "cpu",
    set_: Set = None,
    power: Annotated[
        bool, typer.Option("--power", help="Instead, the interval widths to expect at this number of patients.")
    ] = False,
    exchange: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--exchange", help="Two runs whose arms vary numbers of labels: what is one kind worth in the other?"),
    ] = None,
    json_: Json = False,
) -> None:
    """Choose every setting for a budget, each with its reason, before anything costs time."""
    from isocenter.cli.output import print_json
    from isocenter.stages.planning import EXCHANGE_FIGURE, drawn_exchange, expected_widths, planned
    from isocenter.stages.progress import Terminal

    if power:
        rows = expected_widths(what, out=out, data=data)
        if json_:
            print_json(rows)
        else:
            for row in rows:
                typer.echo(
                    f"{row['quantity']:<36}{row['patients']:>5} patients   interval about {row['width']:.3f} wide   ({row['if']})"
                )
        return
    made = planned(
        what,
        out=out,
        data=data,
        settings=settings_of(set_),
        minutes=minutes_of(time_limit),
        preset=preset,
        progress=Terminal(),
    )
    worth = drawn_exchange(what, out=out, first=exchange[0], second=exchange[1]) if exchange else None
    if json_:
        print_json(made if worth is None else [made, worth])
        return
    for setting in made.settings:
        typer.echo(f"{setting.name:<20}{setting.value!s:<44}{setting.origin:<10}{setting.reason}")
    for cost in made.costs:
        unit = "" if cost.unit == "1" else f" {cost.unit}"
        typer.echo(f"{cost.name:<40}{f'{cost.value:.4g}{unit}':<24}{cost.how}")
    typer.echo(f"{made.steps} steps, about {made.minutes:.1f} minutes, about {made.gigabytes:.1f} GB")
    for warning in made.warnings:
        typer.echo(f"warning: {warning}")
    if worth is not None:
        typer.echo(f"{worth.sentence} Drawn: {EXCHANGE_FIGURE} in the run folder.")
