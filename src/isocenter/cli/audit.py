"""isocenter audit: questions of trust about a run."""

from typing import Annotated

import typer

from isocenter.cli.options import Json, Run, Set, settings_of


def command(
    run: Run,
    names: Annotated[
        list[str] | None, typer.Argument(help="Audits (isocenter list audits); all that fit the run when none is named.")
    ] = None,
    retrain: Annotated[bool, typer.Option("--retrain", help="Let an audit train models of its own; takes as long.")] = False,
    set_: Set = None,
    json_: Json = False,
) -> None:
    """Ask questions of trust of a run: wrong labels, what a network looks at. Status 1 when something is found.

    Says which audits were asked and which were left out, and why; as JSON: asked, left_out, findings.
    """
    from isocenter.audits.audit import ask
    from isocenter.cli.output import print_findings, print_json
    from isocenter.stages.progress import Terminal

    done = ask(run, tuple(names or ()), settings=settings_of(set_), retrain=retrain, progress=Terminal())
    if json_:
        print_json(done)
    else:
        typer.echo(f"asked    {', '.join(done.asked) or 'no audit: none fits this run without being named'}")
        for name, reason in done.left_out.items():
            typer.echo(f"left out {name}: {reason}")
        if done.asked:
            print_findings(done.findings)
        for finding in done.findings:
            if finding.figure:
                typer.echo(f"figure: {run / finding.figure}")
    if any(f.severity != "note" for f in done.findings):
        raise typer.Exit(1)
