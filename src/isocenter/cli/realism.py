"""isocenter realism: blinded pairs of a real and a synthetic image, and what readers' answers to them say."""

from pathlib import Path
from typing import Annotated

import typer

from isocenter.cli.options import Json


def command(
    what: Annotated[
        Path, typer.Argument(help="A run whose answers are images; or a folder of pairs.", exists=True, file_okay=False)
    ],
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the pairs made of a run.")] = None,
    pairs: Annotated[int, typer.Option("--pairs", help="How many; 70 tell 70 % from chance, 290 show equivalence.", min=2)] = 70,
    seed: Annotated[int, typer.Option("--seed", help="Of the draw; it stands in the sealed key alone.")] = 0,
    answers: Annotated[
        list[Path] | None, typer.Option("--answers", help="A reader's file; may be repeated.", exists=True, dir_okay=False)
    ] = None,
    json_: Json = False,
) -> None:
    """Make blinded pairs of a run's images, or score readers' answers to them."""
    from isocenter.cli.output import print_json
    from isocenter.core.errors import StudyError
    from isocenter.stages.realism import make_pairs, score_pairs
    from isocenter.stages.run_folder import RunFolder

    if answers:
        scored = score_pairs(what, answers)
        if json_:
            print_json([{**vars(row), "verdict": row.verdict} for row in scored.rows])
            return
        for row in scored.rows:
            typer.echo(
                f"{row.who:<20}{100 * row.right:5.1f} % right  95 % {_ends(row.interval.ends)}  90 % {_ends(row.narrow.ends)}  "
                f"p {row.p:.3f}  {row.pairs} pairs  {row.verdict}"
            )
        return
    if out is None:
        raise StudyError("expected --out for the pairs of a run, or --answers for a folder of pairs, got neither.")
    made = make_pairs(RunFolder(what), out, pairs=pairs, seed=seed)
    if json_:
        print_json([made])
        return
    typer.echo(f"{made.pairs} pairs: give {made.page} to each reader, and keep {out / 'sealed'} from them.")
    typer.echo(f"SHA-256 of the key, to be written down now: {made.commitment}")
    typer.echo(
        f"Of one reader: power to tell 70 % from chance {made.power_to_tell:.2f}, to show chance within 40-60 % "
        f"{made.power_of_equivalence:.2f}"
    )


def _ends(ends: tuple[float, float]) -> str:
    return f"{100 * ends[0]:.0f}-{100 * ends[1]:.0f} %"
