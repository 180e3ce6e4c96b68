"""isocenter report: the page, written anew."""

import typer

from isocenter.cli.options import Run


def command(run: Run) -> None:
    """Write report.html from what lies in a run folder."""
    from isocenter.stages.report import report
    from isocenter.stages.run_folder import RunFolder

    typer.echo(f"report: {report(RunFolder(run))}")
