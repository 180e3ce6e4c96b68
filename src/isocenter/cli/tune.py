"""isocenter tune: the same random configurations for every arm, and how hard each arm is to tune."""

import math
from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.options import Data, Json, Preset, Set, SkipBad, Study, TimeLimit, minutes_of, settings_of


def command(
    study: Study,
    out: Annotated[Path, typer.Option("--out", help="The run folder; taken up where it stopped if it exists.")],
    configurations: Annotated[int, typer.Option(help="Random configurations of each arm; more keep those done before.")] = 12,
    data: Data = None,
    time_limit: TimeLimit = None,
    preset: Preset = "cpu",
    set_: Set = None,
    skip_bad: SkipBad = False,
    test: Annotated[bool, typer.Option("--test", help="Open the test split for the one chosen of each arm; counted.")] = False,
    json_: Json = False,
) -> None:
    """Try random configurations drawn from the study's `tune:` in every arm; tell the best to expect of how many."""
    from isocenter.cli.output import print_json
    from isocenter.stages.progress import Terminal
    from isocenter.stages.tune import tune

    made = tune(
        study,
        out=out,
        configurations=configurations,
        data=data,
        time_limit=minutes_of(time_limit),
        preset=preset,
        settings=settings_of(set_),
        skip_bad=skip_bad,
        test=test,
        progress=Terminal(),
    )
    if json_:
        print_json(made)
        return
    for arm in made.arms:
        first, last = arm.curve[0], arm.curve[-1]
        tested = "" if arm.test is None else f"; test {arm.test.value:.3f}{_interval(arm.test.ci95)}"
        typer.echo(
            f"{arm.arm or 'the study':<28}{made.quantity} of one configuration {first.best:.3f}, of the best of {last.tried} "
            f"{last.best:.3f}{_interval(last.interval.ends)}; chosen {arm.chosen.configuration}{tested}"
        )
    typer.echo(f"page: {out / 'tuning.html'}")


def _interval(ends: tuple[float, float]) -> str:
    return "" if math.isnan(ends[0]) else f" [{ends[0]:.3f}, {ends[1]:.3f}]"
