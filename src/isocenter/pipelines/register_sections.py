"""Registration of serial sections: IHC laid on H&E, with a map, its errors, and a word on whether to believe it.

In:   a table of pairs: fixed and moving section (slides, or pictures with the size of a sample), patient; landmarks, annotations
      (GeoJSON, CSV) and cells where there are any.
Out:  pairs.csv, landmarks.csv, report.html; a folder for each pair: the map (ITK), the moving section on the fixed one's glass
      (pyramidal OME-TIFF), annotations carried over both ways, the table of cells with their DAB.
Not:  no fit (imaging/sections), no stack of more than two sections: pair each with the same fixed one.

Reference: Borovec et al., ANHIR, IEEE Trans Med Imaging 2020; 39:3042-3052 (landmark errors).
"""

import math
import shlex
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from isocenter.core.measurement import Measurement
from isocenter.io.pyramid_stream import Track
from isocenter.io.text_columns import write_text_table
from isocenter.io.whole_file import write_whole
from isocenter.metrics.estimates.patient_bootstrap import bootstrap_mean
from isocenter.metrics.target_registration_error import robustness
from isocenter.pipelines._sections_page import sections_page
from isocenter.pipelines._sections_pair import PairResult, register_pair
from isocenter.pipelines._sections_settings import SectionSettings
from isocenter.pipelines._sections_table import read_pairs
from isocenter.pipelines.pipeline import Measured, Pipeline, cell
from isocenter.stages.progress import Progress

STEPS = ("identity", "moments", "rigid", "affine", "bent")
"""Identity (as the slides lie) and moments (centroid and long axis) are the baselines."""
ALL = "all pairs"


def carry_out(files: Sequence[Path], folder: Path, settings: SectionSettings, progress: Progress) -> Measured:
    """Register every pair of the table. See the module."""
    pairs = read_pairs(
        files[0], fixed=settings.fixed, moving=settings.moving, patient=settings.patient, cells=settings.cells
    )  # fmt: skip
    results = []
    for n, pair in enumerate(pairs, start=1):
        progress.say(f"{pair.case}: pair {n} of {len(pairs)}")
        results.append(register_pair(pair, folder / pair.case, settings, track=_track(progress)))
    tables = [_write_pairs(results, folder), _write_landmarks(results, folder)]
    findings = [finding for result in results for finding in result.findings]
    measurements = [m for result in results for m in _measured(result)] + _over_pairs(results, settings.seed)
    text = sections_page(files[0].stem, results, findings, again=_command(files, settings))
    report = write_whole(folder / "report.html", lambda path: path.write_text(text, encoding="utf-8"))
    return Measured(
        measurements=measurements, findings=findings, files=[report, *tables, *(f for result in results for f in result.files)]
    )


def _track(progress: Progress) -> Track:
    return lambda places, count: progress.track(places, total=count, label="tiles")


def _write_pairs(results: Sequence[PairResult], folder: Path) -> Path:
    """One row a pair."""
    rows = []
    for result in results:
        row = {"case": result.pair.case, "patient": result.pair.patient, "status": result.status}
        made = result.registered
        if made is not None:
            like = made.likeness
            row |= {
                "step": made.used, "correlation": cell(like.correlation), "correlation_aside": cell(like.aside),
                "distance_sd": cell(like.distance), "outline_dice": cell(like.overlap), "turn_deg": cell(made.turn_deg),
                "turned_over": str(int(made.turned_over)), "mesh": str(made.mesh), "jacobian_low": cell(made.jacobian[0]),
                "jacobian_high": cell(made.jacobian[1]), "left_out": "; ".join(made.refused),
            }  # fmt: skip
            row |= {f"median_tre_{step}_um": cell(result.errors[step].median) for step in STEPS if result.errors}
            if result.errors:
                used = result.errors[made.used]
                row |= {
                    "landmarks": str(len(used.distances)), "median_rtre": cell(used.median / used.diagonal),
                    "largest_rtre": cell(used.largest / used.diagonal),
                    "robustness": cell(robustness(result.errors["identity"], used)),
                }  # fmt: skip
        if result.positive is not None:
            row |= {"cells": str(len(result.positive)), "positive_share": cell(_share(result))}
        row["finding"] = "; ".join(f.code for f in result.findings)
        rows.append(row)
    return write_text_table(rows, folder / "pairs.csv")


def _write_landmarks(results: Sequence[PairResult], folder: Path) -> Path:
    """One row a landmark: its error after every step."""
    rows = [
        {"case": result.pair.case, "landmark": str(n + 1)}
        | {f"tre_{step}_um": cell(float(result.errors[step].distances[n])) for step in STEPS}
        | {f"rtre_{step}": cell(float(result.errors[step].relative[n])) for step in STEPS}
        for result in results
        if result.errors
        for n in range(len(result.errors["identity"].distances))
    ]
    return write_text_table(rows, folder / "landmarks.csv", names=None if rows else ["case", "landmark"])


def _measured(result: PairResult) -> list[Measurement]:
    made, case = result.registered, result.pair.case
    if made is None:
        return []
    like = made.likeness
    found = [
        Measurement(
            case=case, name="aligned", value=float(like.aligned), unit="1",
            method="1 = structures agree in place and not aside (correlation, its distance from sections shifted aside, outlines)",
        ),
        Measurement(
            case=case, name="correlation", value=like.correlation, unit="1",
            method=f"canonical correlation of dye densities (Hotelling 1936); {like.aside:.2f} with one section shifted aside",
        ),
    ]  # fmt: skip
    if result.errors:
        used = result.errors[made.used]
        how = f"over {len(used.distances)} landmarks, in the fixed section's plane, {made.used} map"
        found += [
            Measurement(case=case, name="median_tre", value=used.median, unit="um", method=f"median error {how}"),
            Measurement(
                case=case, name="median_rtre", value=used.median / used.diagonal, unit="1",
                method=f"median error {how}, over the fixed image's diagonal (Borovec et al. 2020)",
            ),
        ]  # fmt: skip
    if result.positive is not None:
        found.append(
            Measurement(
                case=case, name="positive_share", value=_share(result), unit="1",
                method="cells of the fixed section in whose place the moving one's DAB reaches positive_dab",
            )
        )  # fmt: skip
    return found


def _over_pairs(results: Sequence[PairResult], seed: int) -> list[Measurement]:
    """Return means over pairs; those that were found not aligned count too."""
    measured = [(result, result.registered) for result in results if result.registered is not None]
    found = []
    if measured:
        shares = np.array([float(made.likeness.aligned) for _, made in measured])
        found.append(
            Measurement(
                case=ALL, name="aligned_share", value=float(shares.mean()), unit="1", method=f"of {len(shares)} pairs registered"
            )
        )
    with_marks = [(result, made) for result, made in measured if result.errors]
    for name in ("identity", "moments", "used") if with_marks else ():
        errors = [result.errors[made.used if name == "used" else name] for result, made in with_marks]
        medians = np.array([error.median / error.diagonal for error in errors])
        how = f"mean over {len(medians)} pairs of their median rTRE (Borovec et al. 2020); bootstrap over patients"
        patients = [result.pair.patient for result, _ in with_marks]
        ends = bootstrap_mean(medians, patients, rng=np.random.default_rng(seed)).ends if np.isfinite(medians).all() else None
        found.append(
            Measurement(
                case=ALL, name="mean_median_rtre" if name == "used" else f"mean_median_rtre_{name}", value=float(medians.mean()),
                unit="1", method=how,
                ci95=None if ends is None or math.isnan(ends[0]) else ends,
            )
        )  # fmt: skip
    return found


def _share(result: PairResult) -> float:
    """Return the share of positive cells among those that have a place on the moving slide; NaN without any."""
    known = result.positive[np.isfinite(result.positive)] if result.positive is not None else np.zeros(0)
    return float(known.mean()) if len(known) else math.nan


def _command(files: Sequence[Path], settings: SectionSettings) -> str:
    """Return the command that makes the page again, with the settings that are not the default."""
    plain = SectionSettings()
    changed = [f"--set {name}={value}" for name, value in vars(settings).items() if value != getattr(plain, name)]
    return " ".join(["isocenter measure register_sections", shlex.quote(files[0].name), "--out OUT", *changed])


PIPELINE = Pipeline(
    name="register_sections",
    question="Where does each place of one section lie on the next one?",
    cite="Mattes et al., IEEE TMI 2003 (mutual information); Rueckert et al., IEEE TMI 1999 (B-splines); "
    "Borovec et al., IEEE TMI 2020 (errors)",
    takes=("table of pairs",),
    least=1,
    config=SectionSettings,
    carry_out=carry_out,
)
