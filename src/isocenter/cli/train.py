"""isocenter train: one stage of a run alone, taken up where it stopped."""

import typer

from isocenter.cli.options import Run


def command(run: Run) -> None:
    """Train a planned run, from where it stopped."""
    from isocenter.stages.progress import Terminal
    from isocenter.stages.run_folder import RunFolder
    from isocenter.stages.train import train, train_baselines

    folder = RunFolder(run)
    train(folder, progress=Terminal())
    train_baselines(folder, progress=Terminal())
    typer.echo(f"model: {folder.path / 'model'}")
