"""Growth on one plate: a curve a well, a doubling time a dose, every dose against the control.

In:   rows of one plate: well, dose, hours, count; settings.
Out:  PlateGrowth: fitted wells and conditions with intervals over wells; findings.
Not:  no files (growth_curves.py), no drawing.

Wells are what is resampled and compared: they differ by seeding, place and chance. The interval says what other wells of this plate
would give, and nothing of another day or another flask.

Reference: Dunnett, J Am Stat Assoc 1955; 50:1096 (several doses against one control).
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import dunnett, t, ttest_1samp

from isocenter.biomarkers.growth_curve import Growth, GrowthFit, curvature, fit_growth
from isocenter.core.errors import StudyError
from isocenter.core.finding import Finding
from isocenter.core.record import Record
from isocenter.metrics.estimates.interval import Interval, no_interval
from isocenter.metrics.estimates.mean import noted
from isocenter.metrics.estimates.patient_bootstrap import bootstrap_mean

BENT = 0.3
"""A rate that falls by this share or more from the first to the last time is no exponential growth."""
FREE = 0.15
"""Where a plate has a plateau, growth is exponential up to about this share of it: the rate has fallen by as much."""
WELL_PLATEAU = 0.5
"""What a single well must reach where the plateau of its dose is seen: leaving out the slow ones would make the dose look fast."""
ALPHA = 0.05


class WellFit(Record):
    """One well."""

    well: str
    dose: float
    edge: bool
    used: bool
    """False for a well at the edge that was left out, and for one that could not be fitted."""
    fit: GrowthFit


class Condition(Record):
    """One dose."""

    dose: float
    """NaN where no dose is named."""
    wells: int
    """Those that were fitted and used."""
    growth: Growth
    rate: float
    """Mean over wells, per hour."""
    rate_interval: Interval
    capacity: float
    """Mean over wells; inf for exponential growth."""
    refused: str
    difference: float = math.nan
    """Rate minus that of the control; NaN for the control itself."""
    difference_ci95: tuple[float, float] = (math.nan, math.nan)
    """Simultaneous over all doses."""
    p: float = math.nan
    """Dunnett's, adjusted for all doses."""

    @property
    def doubling_h(self) -> float:
        """Doubling time of the mean rate; inf where nothing grows."""
        if math.isnan(self.rate):
            return math.nan
        return math.log(2) / self.rate if self.rate > 0 else math.inf

    @property
    def doubling_interval(self) -> Interval:
        """The interval of the rate, turned into times; an end where nothing grows is infinite."""
        low, high = self.rate_interval.ends
        if math.isnan(low):
            return self.rate_interval
        ends = [math.log(2) / rate if rate > 0 else math.inf for rate in (high, low)]
        return Interval(low=ends[0], high=ends[1], kind=self.rate_interval.kind)


class PlateGrowth(Record):
    """One plate."""

    plate: str
    wells: Sequence[WellFit]
    conditions: Sequence[Condition]
    """By dose, the control first."""
    control: float
    findings: Sequence[Finding]


def grow_plate(
    rows: pd.DataFrame,
    *,
    plate: str,
    growth: Literal["auto", "exponential", "logistic"],
    edge: Literal["keep", "leave_out"],
    control: float | None,
    capacity: Literal["own", "control"],
    rng: np.random.Generator,
) -> PlateGrowth:
    """Fit the wells of one plate and compare its doses.

    rows     : well, dose, hours, count
    growth   : auto = a logistic curve where its plateau is seen, else an exponential one where the rate does not fall
    edge     : what becomes of the wells in the outermost rows and columns
    control  : its dose; None = 0, or the lowest
    capacity : control = doses without a plateau of their own are fitted with that of the control
    """
    findings: list[Finding] = []
    border = _border(set(rows["well"]))
    if edge == "leave_out" and set(rows["well"]) <= border:
        raise StudyError(
            f"plate {plate or 'without a name'}: expected wells away from the edge, got none. Keep them: --set edge=keep"
        )
    doses = sorted(set(rows["dose"].dropna())) or [math.nan]
    findings += _without_dose(rows, plate)
    chosen = _control(doses, control, plate, findings)
    wells: list[WellFit] = []
    conditions: list[Condition] = []
    for dose in sorted(doses, key=lambda d: (d != chosen, d)):
        mine = rows if math.isnan(dose) else rows[rows["dose"] == dose]
        top = conditions[0].capacity if conditions else math.nan
        inner = mine[~mine["well"].isin(border)] if edge == "leave_out" else mine
        kind, refused, known = _kind(inner, growth, top, shared=capacity == "control")
        fitted = []
        for well, part in mine.groupby("well", sort=True):
            fit = fit_growth(
                part["hours"].to_numpy(float), part["count"].to_numpy(float), kind, capacity=known, plateau=WELL_PLATEAU
            )
            used = not (fit.refused or refused) and not (edge == "leave_out" and well in border)
            fitted.append(WellFit(well=str(well), dose=dose, edge=well in border, used=used, fit=fit))
        wells += fitted
        conditions.append(_condition(dose, kind, refused, fitted, rng))
    findings += _refusals(conditions, wells, plate)
    if edge == "keep":
        findings += _edge_effect(wells, plate)
    return PlateGrowth(
        plate=plate,
        wells=wells,
        conditions=_against_control(conditions, wells, rng),
        control=chosen,
        findings=findings,
    )


def _kind(
    rows: pd.DataFrame, asked: Literal["auto", "exponential", "logistic"], top: float, *, shared: bool
) -> tuple[Growth, str, float | None]:
    """Choose the curve of one dose from the mean of its wells; say why there is none, if so, and which capacity it is given.

    top : capacity of the control; NaN or inf where it has none
    """
    if not len(rows):
        return "exponential", "no well away from the edge", None
    mean = rows.groupby("hours")["count"].mean()
    logistic = fit_growth(mean.index.to_numpy(float), mean.to_numpy(float), "logistic")
    if not logistic.refused and asked != "exponential":
        return "logistic", "", None
    if shared and math.isfinite(top) and asked != "exponential":
        return "logistic", "", top
    if asked == "logistic":
        return "logistic", logistic.refused, None
    falls = np.array(
        [curvature(p["hours"].to_numpy(float), p["count"].to_numpy(float)) for _, p in rows.groupby("well")], np.float64
    )
    falls = falls[np.isfinite(falls)]
    bent = len(falls) > 1 and float(falls.mean()) > BENT and float(ttest_1samp(falls, 0, alternative="greater").pvalue) < 0.01
    if bent:
        share = min(float(falls.mean()), 1)
        why = f"the rate falls by {share:.0%} from the first to the last time, and no plateau is seen"
        return "exponential", why, None
    if asked == "auto" and math.isfinite(top) and float(mean.max()) > FREE * top:
        why = f"counts reach {float(mean.max()) / top:.0%} of the control's plateau, where growth slows, and no plateau is seen"
        return "exponential", why, None
    return "exponential", "", None


def _condition(dose: float, kind: Growth, refused: str, fitted: Sequence[WellFit], rng: np.random.Generator) -> Condition:
    """Join the wells of one dose."""
    rates = np.array([w.fit.rate for w in fitted if w.used])
    if not len(rates):
        why = refused or next((w.fit.refused for w in fitted if w.fit.refused), "no well")
        nothing = no_interval("no curve")
        return Condition(
            dose=dose, wells=0, growth=kind, rate=math.nan, rate_interval=nothing, capacity=math.nan, refused=why
        )  # fmt: skip
    interval = noted(bootstrap_mean(rates, np.arange(len(rates)), rng=rng), len(rates))
    return Condition(
        dose=dose,
        wells=len(rates),
        growth=kind,
        rate=float(rates.mean()),
        rate_interval=Interval(low=interval.low, high=interval.high, kind=interval.kind.replace("patients", "wells")),
        capacity=float(np.mean([w.fit.capacity for w in fitted if w.used])),
        refused="",
    )


def _against_control(conditions: Sequence[Condition], wells: Sequence[WellFit], rng: np.random.Generator) -> Sequence[Condition]:
    """Compare the rates of every dose with the control's; doses or controls of fewer than two wells are not compared."""
    rates: Mapping[float, NDArray[np.float64]] = {
        c.dose: np.array([w.fit.rate for w in wells if w.used and w.dose == c.dose]) for c in conditions
    }
    control, others = conditions[0], [c for c in conditions[1:] if len(rates[c.dose]) > 1]
    if not others or len(rates[control.dose]) < 2:
        return conditions
    found = dunnett(*(rates[c.dose] for c in others), control=rates[control.dose], random_state=rng)
    with warnings.catch_warnings():
        # its integral is random: a level of 0.0506 instead of 0.05 is warned of, and is nothing to a reader
        warnings.filterwarnings("ignore", message="Computation of the confidence interval did not converge")
        ends = found.confidence_interval(confidence_level=1 - ALPHA)
    compared = {}
    for place, c in enumerate(others):
        compared[c.dose] = Condition(
            **{**vars(c), "difference": c.rate - control.rate, "p": float(found.pvalue[place]),
               "difference_ci95": (float(ends.low[place]), float(ends.high[place]))}
        )  # fmt: skip
    return [compared.get(c.dose, c) for c in conditions]


def _control(doses: Sequence[float], asked: float | None, plate: str, findings: list[Finding]) -> float:
    if asked is not None:
        if asked not in doses:
            raise StudyError(
                f"expected the control {asked:g} among the doses, got {', '.join(f'{d:g}' for d in doses)}. Say --set control=DOSE."
            )
        return asked
    if doses[0] > 0:
        findings.append(
            Finding(
                code="no_control",
                severity="warning",
                expected="wells of dose 0",
                got=f"{doses[0]:g} as the lowest dose of plate {plate or 'without a name'}, taken as the control",
                do="add the untreated wells, or say which dose is the control: --set control=DOSE",
            )
        )
    return doses[0]


def _without_dose(rows: pd.DataFrame, plate: str) -> list[Finding]:
    """Name wells that have no dose where others have one."""
    lacking = sorted(set(rows.loc[rows["dose"].isna(), "well"]))
    if not lacking or rows["dose"].isna().all():
        return []
    return [
        Finding(
            code="no_dose",
            severity="note",
            expected="a dose of every well",
            got=f"none of {', '.join(lacking[:8])} of plate {plate or 'without a name'}; left out",
            do="nothing, if these wells were left empty; else fill the plate map, 0 for untreated cells",
            cases=tuple(lacking),
        )
    ]


def _border(wells: set[str]) -> set[str]:
    """Return the wells of the outermost rows and columns there are."""
    rows, columns = {w[0] for w in wells}, {int(w[1:]) for w in wells}
    return {w for w in wells if w[0] in (min(rows), max(rows)) or int(w[1:]) in (min(columns), max(columns))}


def _refusals(conditions: Sequence[Condition], wells: Sequence[WellFit], plate: str) -> list[Finding]:
    """Name the doses and wells that got no curve."""
    found = [
        Finding(
            code="no_curve",
            severity="warning",
            expected="counts that follow an exponential curve, or a logistic one up to its plateau",
            got=f"{dose_words(c.dose)}: {c.refused}",
            do=_remedy(c.refused),
            cases=tuple(w.well for w in wells if _same(w.dose, c.dose)),
        )
        for c in conditions
        if c.refused
    ]
    lone = [w for w in wells if w.fit.refused and any(_same(w.dose, c.dose) and not c.refused for c in conditions)]
    if lone:
        found.append(
            Finding(
                code="well_without_curve",
                severity="warning",
                expected="a curve in every well",
                got=f"none in {', '.join(w.well for w in lone[:8])} of plate {plate or 'without a name'}: {lone[0].fit.refused}",
                do="look at their pictures; they are in no mean",
                cases=tuple(w.well for w in lone),
            )
        )
    return found


def _remedy(why: str) -> str:
    if "no plateau" in why:
        return (
            "watch longer; or take only the times before it bends, --set until_h=HOURS; or, where the drug does not change how "
            "many cells a well holds, --set capacity=control"
        )
    if "plateau" in why:
        return "watch longer, or, where the rate is steady, --set growth=exponential"
    return "count more times a well"


def _edge_effect(wells: Sequence[WellFit], plate: str) -> list[Finding]:
    """Tell whether wells at the edge grow otherwise than wells of the same dose inside."""
    used = [w for w in wells if w.used]
    doses = np.array([w.dose for w in used])
    rate, edge = np.array([w.fit.rate for w in used]), np.array([float(w.edge) for w in used])
    groups = [np.flatnonzero((doses == d) | (np.isnan(doses) & math.isnan(d))) for d in dict.fromkeys(w.dose for w in used)]
    centered = [(rate[g] - rate[g].mean(), edge[g] - edge[g].mean()) for g in groups]
    if not centered:
        return []
    y, x = np.concatenate([c[0] for c in centered]), np.concatenate([c[1] for c in centered])
    room = float((x**2).sum())
    free = len(y) - len(groups) - 1
    if room < 1e-9 or free < 3:
        return []
    slope = float((x * y).sum() / room)
    error = math.sqrt(float(((y - slope * x) ** 2).sum()) / free / room)
    inside = float(rate[edge == 0].mean())
    share = slope / inside if inside else math.nan
    if error == 0 or 2 * t.sf(abs(slope) / error, free) >= ALPHA or not abs(share) > 0.03:
        return []
    return [
        Finding(
            code="edge_effect",
            severity="warning",
            expected="wells at the edge that grow as the others of their dose",
            got=f"growth that is {abs(share):.0%} {'slower' if share < 0 else 'faster'} at the edge of plate "
            f"{plate or 'without a name'}",
            do="leave them out: --set edge=leave_out",
            cases=tuple(w.well for w in used if w.edge),
        )
    ]


def dose_words(dose: float) -> str:
    """Return a dose for a reader."""
    return "all wells" if math.isnan(dose) else f"dose {dose:g}"


def _same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))
