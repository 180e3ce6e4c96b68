"""isocenter phantom: draw cases whose truth is known, as a study."""

from pathlib import Path
from shlex import quote
from typing import Annotated, Literal

import typer

from isocenter.cli.options import Json


def command(
    name: Annotated[str, typer.Argument(help="chest_xray, tof_vessels … (isocenter list phantoms).")],
    out: Annotated[Path, typer.Option("--out", help="Folder for study.yaml, cases.csv and the images.")],
    cases: Annotated[int | None, typer.Option("--cases", help="How many; default 60, of slides 200.", min=1)] = None,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same cases.")] = 0,
    grade: Annotated[Literal["test", "benchmark"], typer.Option("--grade", help="test (small, quick) or benchmark.")] = "test",
    target: Annotated[str | None, typer.Option("--target", help="What the study asks for; default the phantom's first.")] = None,
    tie: Annotated[
        list[str] | None, typer.Option("--tie", help="Tie a factor to the disease: marker=0.9.", metavar="FACTOR=STRENGTH")
    ] = None,
    prevalence: Annotated[float | None, typer.Option("--prevalence", help="Share with disease.")] = None,
    visits: Annotated[int | None, typer.Option("--visits", help="Cases a patient; default 1, of slides 5.", min=1)] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="An option of the phantom: view=PA.", metavar="NAME=VALUE")
    ] = None,
    json_: Json = False,
) -> None:
    """Draw cases whose truth is known by construction, and write them as a study to run."""
    from isocenter.cli.options import settings_of
    from isocenter.cli.output import print_json
    from isocenter.stages.phantom import cases_written, write_phantom
    from isocenter.stages.progress import Terminal

    study = write_phantom(
        name, out, n=cases, seed=seed, grade=grade, target=target, tie=settings_of(tie), prevalence=prevalence, visits=visits,
        options=settings_of(set_), progress=Terminal(),
    )  # fmt: skip
    count = cases_written(study.parent)
    if json_:
        print_json({"study": study, "cases": count})
    else:
        typer.echo(f"{count} cases. Next: isocenter run {quote(str(study))} --data {quote(str(out))} --out RUN")
