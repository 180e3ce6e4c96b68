"""isocenter fingerprint: one stage of a run alone."""

from isocenter.cli.options import Json, Run


def command(run: Run, json_: Json = False) -> None:
    """Take the fingerprint of a run's learning cases."""
    from isocenter.cli.output import print_json
    from isocenter.stages.fingerprint import fingerprint
    from isocenter.stages.run_folder import RunFolder

    result = fingerprint(RunFolder(run))
    if json_:
        print_json(result)
