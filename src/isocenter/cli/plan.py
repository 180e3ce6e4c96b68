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
    json_: Json = False,
) -> None:
    """Choose every setting for a budget, each with its reason, before anything costs time."""
    from isocenter.cli.output import print_json
    from isocenter.stages.planning import planned
    from isocenter.stages.power import power_table
    from isocenter.stages.progress import Terminal
    from isocenter.stages.run_cases import start_run
    from isocenter.stages.run_folder import RunFolder

    if what.is_dir():
        folder = RunFolder(what)
    else:
        folder = start_run(what, out or Path("runs") / what.resolve().parent.name, data=data, settings=settings_of(set_))
    if power:
        rows = power_table(folder)
        if json_:
            print_json(rows)
        else:
            for row in rows:
                typer.echo(
                    f"{row['quantity']:<36}{row['patients']:>5} patients   interval about {row['width']:.3f} wide   ({row['if']})"
                )
        return
    made = planned(folder, minutes=minutes_of(time_limit), preset=preset, progress=Terminal())
    if json_:
        print_json(made)
        return
    for setting in made.settings:
        typer.echo(f"{setting.name:<20}{setting.value!s:<44}{setting.origin:<10}{setting.reason}")
    typer.echo(f"{made.steps} steps, about {made.minutes:.1f} minutes, about {made.gigabytes:.1f} GB")
    for warning in made.warnings:
        typer.echo(f"warning: {warning}")
