"""isocenter evaluate: numbers with intervals; the only command that opens a test split."""

from typing import Annotated

import typer

from isocenter.cli.options import Json, Run


def command(
    run: Run,
    test: Annotated[bool, typer.Option("--test", help="Open the test split; the ledger counts how often.")] = False,
    json_: Json = False,
) -> None:
    """Measure a run's predictions and write the report anew."""
    from isocenter.cli.output import headlines, print_json
    from isocenter.stages.evaluate import evaluate
    from isocenter.stages.progress import Terminal
    from isocenter.stages.report import report
    from isocenter.stages.run_folder import RunFolder

    folder = RunFolder(run)
    estimates = evaluate(folder, test=test, progress=Terminal())
    page = report(folder)
    if json_:
        print_json(estimates)
        return
    for line in headlines(estimates):
        typer.echo(line)
    typer.echo(f"report: {page}")
