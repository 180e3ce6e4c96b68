"""Growth curves of a plate: counts of wells over time to doubling times, doses against control, and a page.

In:   a table of counts (true ones, or the cases.csv of `isocenter predict`); a plate map (well, dose …) where it does not say them.
Out:  counts.csv (every count by plate, well and time), wells.csv, growth.csv, report.html; doubling times as measurements.
Not:  no counting in pictures (a run of task localization), no fit (biomarkers/growth_curve.py).

Reference: Verhulst 1838; Dunnett 1955; Efron 1987 (bootstrap).
"""

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from isocenter.core.errors import SettingError, StudyError
from isocenter.core.measurement import Measurement
from isocenter.io.text_columns import write_text_table
from isocenter.io.whole_file import write_whole
from isocenter.pipelines._plate_growth import Condition, PlateGrowth, grow_plate
from isocenter.pipelines._plate_page import dose_label, growth_page
from isocenter.pipelines._plate_table import HOURS, Named, PlateTable, read_plate
from isocenter.pipelines.pipeline import Measured, Pipeline, cell
from isocenter.stages.progress import Progress

METHOD = "log 2 over the mean growth rate of the wells, {growth} curves fitted to square roots of counts; bootstrap over wells"


@dataclass(frozen=True, kw_only=True)
class GrowthSettings:
    """Columns of the tables, and how growth is fitted."""

    well: str = "well"
    """Column of the well: A01, a1, H12."""
    time: str = "hours"
    """Column of the time since seeding."""
    time_unit: str = "h"
    """Of that column: h, min, d or s."""
    count: str = "count"
    """Column of the count: numbers, or files of points; predicted_dots of a run that counts."""
    dose: str = ""
    """Column of the dose; "" = the one named dose, or dose_UNIT."""
    plate: str = "plate"
    """Column of the plate, where there are several."""
    growth: Literal["auto", "exponential", "logistic"] = "auto"
    """auto: logistic where the plateau is seen, else exponential where the rate is steady, else none."""
    edge: Literal["keep", "leave_out"] = "keep"
    """What becomes of the outermost wells."""
    control: float | None = None
    """Dose of the control; None = 0, or the lowest."""
    capacity: Literal["own", "control"] = "own"
    """Of a dose whose plateau is not seen: own = no logistic curve; control = the control's, if the drug leaves it as it is."""
    from_h: float = 0.0
    """Counts before are left out, such as those of cells that have not settled yet."""
    until_h: float = math.inf
    """Counts after are left out."""
    seed: int = 0
    """Of the bootstrap and of Dunnett's integral."""

    def __post_init__(self) -> None:
        """Refuse what makes no sense together."""
        if self.time_unit not in HOURS:
            raise SettingError(f"expected time_unit to be one of {', '.join(HOURS)}, got {self.time_unit!r}.")
        if self.from_h >= self.until_h:
            raise SettingError(f"expected from_h below until_h, got {self.from_h:g} and {self.until_h:g}.")


def carry_out(files: Sequence[Path], folder: Path, settings: GrowthSettings, progress: Progress) -> Measured:
    """Read, fit, compare, write. See the module."""
    named = Named(
        well=settings.well, time=settings.time, time_unit=settings.time_unit, count=settings.count, dose=settings.dose,
        plate=settings.plate,
    )  # fmt: skip
    table = read_plate(files[0], files[1] if len(files) > 1 else None, named)
    inside = table.rows[table.rows["hours"].between(settings.from_h, settings.until_h)]
    if not np.isfinite(inside["count"]).any():
        raise StudyError(
            f"{files[0].name}: expected counts from {settings.from_h:g} to {settings.until_h:g} h, got none. "
            "Mend from_h and until_h."
        )
    rng = np.random.default_rng(settings.seed)
    groups = list(inside.groupby("plate", sort=True))
    plates = [
        (
            grow_plate(
                rows, plate=str(name), growth=settings.growth, edge=settings.edge, control=settings.control,
                capacity=settings.capacity, rng=rng,
            ),
            rows,
        )
        for name, rows in progress.track(groups, total=len(groups), label="plates")
    ]  # fmt: skip
    findings = [*table.findings, *(finding for made, _ in plates for finding in made.findings)]
    tables = [_write_growth(plates, folder), _write_wells(plates, folder), _write_counts(table, folder)]
    page = growth_page(
        files[0].resolve().parent.name if files[0].name == "cases.csv" else files[0].stem,
        plates,
        findings,
        dose_unit=table.dose_unit,
        again=_command(files, settings),
    )
    report = write_whole(folder / "report.html", lambda path: path.write_text(page, encoding="utf-8"))
    return Measured(
        measurements=[m for made, _ in plates for c in made.conditions for m in _measurements(made, c, table.dose_unit)],
        findings=findings,
        files=[report, *tables],
    )


def _measurements(made: PlateGrowth, c: Condition, unit: str) -> list[Measurement]:
    named = f"plate {made.plate}, " if made.plate else ""
    ends = c.doubling_interval.ends
    return [
        Measurement(
            case=f"{named}{dose_label(c.dose, unit)}",
            name="doubling_time",
            value=c.doubling_h,
            unit="h",
            method=METHOD.format(growth=c.growth) if not c.refused else f"none: {c.refused}",
            ci95=None if math.isnan(ends[0]) else ends,
        )
    ]


def _write_growth(plates: Sequence[tuple[PlateGrowth, pd.DataFrame]], folder: Path) -> Path:
    """One row a dose."""
    rows = [
        {
            "plate": made.plate, "dose": cell(c.dose), "wells": str(c.wells), "growth": "" if c.refused else c.growth,
            "doubling_h": cell(c.doubling_h), "doubling_low_h": cell(c.doubling_interval.low),
            "doubling_high_h": cell(c.doubling_interval.high), "rate_per_h": cell(c.rate),
            "capacity": cell(c.capacity), "difference_per_h": cell(c.difference),
            "difference_low_per_h": cell(c.difference_ci95[0]), "difference_high_per_h": cell(c.difference_ci95[1]),
            "dunnett_p": cell(c.p), "interval": c.rate_interval.kind,
            "refused": c.refused,
        }
        for made, _ in plates
        for c in made.conditions
    ]  # fmt: skip
    return write_text_table(rows, folder / "growth.csv")


def _write_wells(plates: Sequence[tuple[PlateGrowth, pd.DataFrame]], folder: Path) -> Path:
    """One row a well."""
    rows = [
        {
            "plate": made.plate, "well": w.well, "dose": cell(w.dose), "edge": str(int(w.edge)), "used": str(int(w.used)),
            "growth": w.fit.growth, "doubling_h": cell(w.fit.doubling_h), "rate_per_h": cell(w.fit.rate),
            "start": cell(w.fit.start), "capacity": cell(w.fit.capacity), "refused": w.fit.refused,
        }
        for made, _ in plates
        for w in sorted(made.wells, key=lambda w: w.well)
    ]  # fmt: skip
    return write_text_table(rows, folder / "wells.csv")


def _write_counts(table: PlateTable, folder: Path) -> Path:
    """Every total count, one row a well and time: the batch export."""
    rows = [
        {"plate": r.plate, "well": r.well, "dose": cell(r.dose), "hours": cell(r.hours), "count": cell(r.count), "case": r.case}
        for r in table.rows.itertuples(index=False)
    ]
    return write_text_table(rows, folder / "counts.csv", names=["plate", "well", "dose", "hours", "count", "case"])


def _command(files: Sequence[Path], settings: GrowthSettings) -> str:
    """Return the command that makes the page again, with the settings that are not the default."""
    plain = GrowthSettings()
    changed = [f"--set {name}={value}" for name, value in vars(settings).items() if value != getattr(plain, name)]
    names = " ".join(shlex.quote(path.name) for path in files)
    return " ".join(["isocenter measure growth_curves", names, "--out OUT", *changed])


PIPELINE = Pipeline(
    name="growth_curves",
    question="How fast do the cells of each well grow, and what does each dose do to it?",
    cite="Verhulst 1838 (logistic growth); Dunnett, J Am Stat Assoc 1955; Efron, J Am Stat Assoc 1987 (bootstrap)",
    takes=("table of counts", "plate map"),
    least=1,
    config=GrowthSettings,
    carry_out=carry_out,
)
