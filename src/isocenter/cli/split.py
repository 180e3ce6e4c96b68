"""isocenter split: one stage of a run alone."""

from isocenter.cli.options import Json, Run


def command(run: Run, json_: Json = False) -> None:
    """Split a run's cases by patient, before anything looks at them."""
    from isocenter.cli.output import print_json
    from isocenter.stages.run_folder import RunFolder
    from isocenter.stages.split import split

    result = split(RunFolder(run))
    if json_:
        print_json(result)
