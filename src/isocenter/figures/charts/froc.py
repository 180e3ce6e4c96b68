"""FROC curves of boxes and points: how many are found at how many false positives a scan.

In:   truths and scored answers of each case.
Out:  one curve a kind over 1/8 to 8 false positives, a band of 95 % from resampling patients, CPM in the legend.
Not:  no choice of a score; no curve where a scan holds more than the candidates FROC takes, as in counting.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.figures.evidence import Chart, Drawing, Evidence, Found
from isocenter.figures.style import color_of_class, quiet, sheet, styled
from isocenter.metrics.estimates.resampling import patient_codes, resampled_weights
from isocenter.metrics.froc import MOST, Candidates, candidates, sensitivities
from isocenter.metrics.per_cohort.cpm import RATES
from isocenter.metrics.per_cohort.sensitivity_at_1_5_fp import RADIUS

RESAMPLES = 500
FINE = np.geomspace(RATES[0], RATES[-1], 49)  # every eighth is one of RATES
MOST_KINDS = 6


class Curve(Record):
    """One kind's curve."""

    kind: str
    sensitivity: NDArray[np.float64]
    """At FINE."""
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    cpm: float
    cpm_low: float
    cpm_high: float


def curve_of(kind: str, judged: Candidates, patients: Sequence[str]) -> Curve:
    """Return a curve with its band: percentiles over resamples of whole patients; NaN below two patients."""
    codes = patient_codes(patients)
    whole = sensitivities(FINE, judged, np.ones((1, len(codes))))[0]
    drawn = [sensitivities(FINE, judged, w) for w in resampled_weights(codes, RESAMPLES, np.random.default_rng(0))]
    spread = np.concatenate(drawn) if len(set(patients)) > 1 else np.full((1, len(FINE)), np.nan)
    spread = spread[np.isfinite(spread).all(axis=1)]  # a resample without lesions has no sensitivity
    nothing = np.full((2, len(FINE)), np.nan)
    low, high = np.percentile(spread, [2.5, 97.5], axis=0) if len(spread) else nothing
    means = spread[:, _at_rates()].mean(axis=1)
    ends = np.percentile(means, [2.5, 97.5]) if len(spread) else nothing[:, 0]
    return Curve(
        kind=kind, sensitivity=whole, low=low, high=high, cpm=float(whole[_at_rates()].mean()), cpm_low=float(ends[0]),
        cpm_high=float(ends[1]),
    )  # fmt: skip


def _at_rates() -> slice:
    return slice(None, None, (len(FINE) - 1) // (len(RATES) - 1))


@styled
def draw_froc(curves: Sequence[Curve], *, width_in: float = 4.2) -> Figure:
    """Return the curves; dots are the rates CPM averages over."""
    figure = sheet(width_in, width_in * 0.8)
    axes = figure.subplots()
    for place, curve in enumerate(curves):
        hue, every = color_of_class(place), _at_rates()
        interval = f" [{curve.cpm_low:.2f}, {curve.cpm_high:.2f}]" if np.isfinite(curve.cpm_low) else ""
        axes.fill_between(FINE, curve.low, curve.high, color=hue, alpha=0.15, linewidth=0)
        axes.plot(
            FINE, curve.sensitivity, color=hue, linewidth=1.8, label=f"{curve.kind} · {curve.cpm:.2f}{interval}", clip_on=False
        )
        axes.plot(FINE[every], curve.sensitivity[every], color=hue, linestyle="", marker="o", markersize=4, clip_on=False)
    axes.set_xscale("log", base=2)
    axes.set_xticks(RATES, ["1/8", "1/4", "1/2", "1", "2", "4", "8"])
    axes.minorticks_off()
    axes.set(xlim=(RATES[0], RATES[-1]), ylim=(0, 1), xlabel="false positives a scan", ylabel="sensitivity")
    quiet(axes, grid="both")
    axes.legend(loc="best", title="CPM", title_fontsize=8, alignment="left")
    return figure


def _kinds(found: Found) -> Iterator[tuple[str, Sequence[Points], Sequence[Points]]]:
    """Yield each kind's truths and answers; a curve judges one kind at a time."""
    names = found.truths[0].names
    for number, name in enumerate(names[:MOST_KINDS]):
        yield (
            name if len(names) > 1 else "all",
            [one_kind(points, number) for points in found.truths],
            [one_kind(points, number) for points in found.answers],
        )


def one_kind(points: Points, kind: int) -> Points:
    """Return the points of one kind."""
    kept = points.kind == kind
    return Points(
        world=points.world[kept], kind=points.kind[kept], score=points.score[kept], names=points.names,
        extent=None if points.extent is None else points.extent[kept],
    )  # fmt: skip


def _ranks(found: Found) -> bool:
    """Say whether there is a curve: scans with few enough objects, and scores that differ."""
    scores = np.concatenate([points.score for points in found.answers])
    return (
        any(len(points) for points in found.truths)
        and max(len(points) for points in found.truths) < MOST
        and len(np.unique(scores[np.isfinite(scores)])) > 1
    )


def _from_evidence(evidence: Evidence) -> Sequence[Drawing]:
    drawings: list[Drawing] = []
    for target, found in evidence.found.items():
        if not found.truths or not _ranks(found):
            continue
        curves = [
            curve_of(name, candidates(truths, answers, radius=RADIUS), found.patients)
            for name, truths, answers in _kinds(found)
            if any(len(truth) for truth in truths)
        ]
        hit = "inside its box" if found.truths[0].extent is not None else f"within {RADIUS:g} world units of it"
        drawings.append(
            Drawing(
                name=f"froc_{target}",
                title="FROC curve",
                target=target,
                caption="Share found over false positives a scan as the least score falls. The band holds 95 % of resamples of "
                f"patients; the number is the mean sensitivity at the dots (CPM). Found means: a candidate {hit}.",
                figure=draw_froc(curves),
            )
        )
    return drawings


CHART = Chart(section="results", order=4, draw=_from_evidence)
