"""isocenter run: the main job."""

from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.options import Data, Json, Preset, Set, SkipBad, Study, TimeLimit, minutes_of, settings_of


def command(
    study: Study,
    out: Annotated[Path, typer.Option("--out", help="The run folder; taken up where it stopped if it exists.")],
    data: Data = None,
    time_limit: TimeLimit = None,
    preset: Preset = "cpu",
    set_: Set = None,
    skip_bad: SkipBad = False,
    test: Annotated[bool, typer.Option("--test", help="Open the test split once training is done; the ledger counts.")] = False,
    replay: Annotated[Path | None, typer.Option("--replay", help="Repeat the plan of this run exactly, steps included.")] = None,
    json_: Json = False,
) -> None:
    """Check, split, plan, train, predict, evaluate, report: study.yaml in, report.html out."""
    from isocenter.cli.output import headlines, print_json
    from isocenter.stages.progress import Terminal
    from isocenter.stages.run import run

    folder = run(
        study,
        out=out,
        data=data,
        time_limit=minutes_of(time_limit),
        preset=preset,
        settings=settings_of(set_),
        skip_bad=skip_bad,
        test=test,
        replay=replay,
        progress=Terminal(),
    )
    page = folder.path / "report.html"
    if json_:
        arms = {arm.path.name: arm.estimates() for arm in folder.inners("arm")}
        numbers = {"arms": arms} if arms else {"estimates": folder.estimates()}
        print_json({"run": str(folder.path), "report": str(page), **numbers})
        return
    for arm in folder.inners("arm") or [folder]:
        if arm is not folder:
            typer.echo(arm.path.name)
        for line in headlines(arm.estimates()):
            typer.echo(line)
    typer.echo(f"report: {page}")
