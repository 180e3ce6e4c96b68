"""The stages up to the plan, for those who only want to see it.

In:   a study file, or a run folder; `--set` values.
Out:  plan.json in the run folder; or the interval widths to expect; or what one kind of label is worth in another.
"""

from pathlib import Path

from isocenter.core.errors import StudyError
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.figures.exchange import Drawn, draw_exchange
from isocenter.figures.style import to_svg
from isocenter.io.whole_file import write_whole
from isocenter.stages.exchange import Exchange, exchange
from isocenter.stages.fingerprint import fingerprint
from isocenter.stages.lock import one_writer
from isocenter.stages.plan import plan
from isocenter.stages.power import Rows, power_table
from isocenter.stages.progress import Progress
from isocenter.stages.run_cases import start_run, with_settings
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import split
from isocenter.stages.study_names import check_names

EXCHANGE_FIGURE = Path("figures") / "exchange.svg"


def planned(
    what: Path,
    *,
    out: Path | None = None,
    data: Path | None = None,
    settings: dict[str, object] | None = None,
    minutes: float | None,
    preset: str,
    progress: Progress,
) -> Plan:
    """Split and fingerprint where that is stale, then plan anew. `settings` are kept in the run's study.yaml."""
    with one_writer(_place(what, out)):
        folder = _begun(what, out=out, data=data, settings=settings)
        if not folder.fresh("split"):
            split(folder)
        if not folder.fresh("fingerprint"):
            fingerprint(folder, progress=progress)
        return plan(folder, minutes=minutes, preset=preset, progress=progress)


def expected_widths(what: Path, *, out: Path | None = None, data: Path | None = None) -> Rows:
    """Return the interval widths to expect at this number of patients; nothing is planned."""
    with one_writer(_place(what, out)):
        return power_table(_begun(what, out=out, data=data))


def drawn_exchange(what: Path, *, out: Path | None = None, first: Path, second: Path) -> Exchange:
    """Return what labels of one run are worth in labels of another, and draw it into the run folder: figures/exchange.svg.

    first, second : evaluated runs whose arms vary a number of labels
    """
    made = exchange(first, second)
    one, other = (Drawn(label=c.labels, counts=c.counts, errors=c.errors, law=c.law) for c in (made.first, made.second))
    found = made.found
    figure = draw_exchange(one, other, cases=found.cases, worth=found.worth, metric=made.first.quantity)
    place = RunFolder(_place(what, out)).create()
    write_whole(place.path / EXCHANGE_FIGURE, lambda path: path.write_bytes(to_svg(figure)))
    return made


def _place(what: Path, out: Path | None) -> Path:
    """Return the run folder: the one given, else --out, else runs/ and the name of the study's folder."""
    return what if what.is_dir() else out or Path("runs") / what.resolve().parent.name


def _begun(what: Path, *, out: Path | None, data: Path | None, settings: dict[str, object] | None = None) -> RunFolder:
    """Open a run folder, or begin one from a study; the settings are written into its study.yaml."""
    if not what.is_dir():
        folder = start_run(what, _place(what, out), data=data, settings=settings)
        check_names(folder.read(Study))
        return folder
    if out is not None or data is not None:
        raise StudyError(f"expected --out and --data with a study file, got them with the run folder {what}. Leave them out.")
    folder = RunFolder(what)
    study = folder.read(Study)
    changed = with_settings(study, settings or {})
    check_names(changed)
    if changed != study:
        folder.write(changed)
    return folder
