"""Serial sections: how far landmarks lie after registration, and whether pairs that are none are known as such.

    python benchmarks/sections.py [pairs | strangers | stream] [--work DIR] [--pairs 30] [--channel density] [--short]

pairs     : phantom serial_sections, benchmark grade: H&E and DAB of one block, turned any way round, shifted, warped, torn or with
            a piece missing; five laboratories. Median error of 24 landmarks in um and over the diagonal (rTRE), by step, beside
            identity and moments. Rows: results/sections.csv.
strangers : the H&E of one patient with the DAB of the next: how many are called aligned. Rows: results/sections.csv.
stream    : a slide of 20,000 samples a side laid on another by tiles: megapixels a second, most memory.
            Rows: results/sections_stream.csv.

--short: 4 pairs; a slide of 4,000 samples a side. Pairs once drawn and registered are kept in --work.
"""

import argparse
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from isocenter.core.slide import HeldSlide, size_um
from isocenter.imaging.sections.plane_map import PlaneMap
from isocenter.imaging.sections.register import register
from isocenter.io.moved_slide import MovedSlide
from isocenter.io.pyramid_stream import write_slide
from isocenter.io.slide import open_slide
from isocenter.io.slide_or_picture import coarse_picture
from isocenter.metrics.estimates.patient_bootstrap import bootstrap_mean
from isocenter.metrics.target_registration_error import landmark_error, robustness
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.stages.progress import Terminal
from provenance import add_rows, provenance

SEED = 0
STAINS = ("he", "hdab")
WORKING_PX = 384
STEPS = ("identity", "moments", "rigid", "affine", "used")


def drawn(work: Path, count: int) -> None:
    """Draw pairs into files: coarse pictures, landmarks, size of a sample, diagonal, patient, damage. Those there are kept."""
    work.mkdir(parents=True, exist_ok=True)
    phantom = PHANTOMS.get("serial_sections")
    if all(_file(work, f"{n:03d}").exists() for n in range(count)):
        return
    for n, (_, case) in enumerate(Terminal().track(draw_many(phantom, count, SEED, "benchmark"), total=count, label="draw")):
        slides = [case.inputs[name] for name in ("fixed", "moving")]
        um = max(size_um(slides[0])) / WORKING_PX
        np.savez_compressed(
            _file(work, f"{n:03d}"), fixed=coarse_picture(slides[0], um), moving=coarse_picture(slides[1], um), um=um,
            here=case.truths["fixed_landmarks"].world, there=case.truths["moving_landmarks"].world, patient=case.patient,
            diagonal=np.hypot(*size_um(slides[0])), damage=case.covariates["damage"], marker=case.covariates["marker"],
        )  # fmt: skip


def registered(work: Path, n: int, m: int, channel: str) -> dict[str, Any]:
    """Register the H&E of pair n with the DAB of pair m; once done, it is kept."""
    path = _file(work, f"{n:03d}_{m:03d}_{channel}")
    if not path.exists():
        fixed, moving = (dict(np.load(_file(work, f"{each:03d}"))) for each in (n, m))
        begun = time.process_time()
        made = register(fixed["fixed"], moving["moving"], um=float(fixed["um"]), stains=STAINS, channel=channel)
        seconds = time.process_time() - begun
        steps = {step: made.maps[made.used if step == "used" else step].move_back(moving["there"]) for step in STEPS}
        like = made.likeness
        np.savez_compressed(
            path, **steps, here=fixed["here"], diagonal=fixed["diagonal"], patient=fixed["patient"], seconds=seconds,
            aligned=like.aligned, correlation=like.correlation, distance=like.distance, refused="; ".join(made.refused),
            kind=f"{fixed['marker']} {fixed['damage']}",
        )  # fmt: skip
    held = dict(np.load(path))
    if n == m:
        held["errors"] = {s: landmark_error(held["here"], held[s], diagonal=float(held["diagonal"])) for s in STEPS}
        print(n, held["kind"], *(f"{s} {e.median:.1f}" for s, e in held["errors"].items()), end=" ")
    print(
        f"{n} {m} correlation {held['correlation']:.2f}, {held['distance']:.1f} SD, aligned {held['aligned']}, "
        f"{held['seconds']:.1f} s", held["refused"], flush=True,
    )  # fmt: skip
    return held


def pairs(work: Path, numbers: Sequence[int], channel: str) -> list[dict[str, object]]:
    """Register every pair."""
    found = [registered(work, n, n, channel) for n in numbers]
    return [_summary(channel, step, found) for step in STEPS]


def strangers(work: Path, numbers: Sequence[int], channel: str) -> list[dict[str, object]]:
    """Register the H&E of one patient with the DAB of the next."""
    found = [registered(work, n, n + 1, channel) for n in numbers]
    row = {
        "trial": "strangers", "channel": channel, "step": "used", "pairs": len(found),
        "called_aligned": sum(bool(f["aligned"]) for f in found),
        "highest_correlation": f"{max(float(f['correlation']) for f in found):.3f}",
        "highest_distance_sd": f"{max(float(f['distance']) for f in found):.1f}",
        "cpu_s_a_pair": f"{np.mean([f['seconds'] for f in found]):.1f}",
        **provenance(seed=SEED),
    }  # fmt: skip
    return [row]


def _file(work: Path, name: str) -> Path:
    return work / f"{PHANTOMS.get('serial_sections').hash}_{name}.npz"


def _summary(channel: str, step: str, found: list[dict[str, Any]]) -> dict[str, object]:
    """Return one row: medians of pairs, and their mean over pairs with its interval over patients."""
    errors = [held["errors"][step] for held in found]
    medians = np.array([error.median for error in errors])
    relative = np.array([error.median / error.diagonal for error in errors])
    patients = [str(held["patient"]) for held in found]
    low, high = bootstrap_mean(relative, patients, rng=np.random.default_rng(SEED)).ends
    near = [robustness(held["errors"]["identity"], held["errors"][step]) for held in found]
    return {
        "trial": "pairs", "channel": channel, "step": step, "pairs": len(found), "patients": len(set(patients)),
        "median_of_median_tre_um": f"{np.median(medians):.2f}", "worst_median_tre_um": f"{medians.max():.2f}",
        "median_of_largest_tre_um": f"{np.median([error.largest for error in errors]):.1f}",
        "worst_tre_um": f"{max(error.largest for error in errors):.1f}", "mean_median_rtre": f"{relative.mean():.5f}",
        "mean_median_rtre_low": f"{low:.5f}", "mean_median_rtre_high": f"{high:.5f}", "mean_robustness": f"{np.mean(near):.3f}",
        "called_aligned": sum(bool(held["aligned"]) for held in found),
        "lowest_correlation": f"{min(float(held['correlation']) for held in found):.3f}",
        "lowest_distance_sd": f"{min(float(held['distance']) for held in found):.1f}",
        "cpu_s_a_pair": f"{np.mean([held['seconds'] for held in found]):.1f}", **provenance(seed=SEED),
    }  # fmt: skip


def stream(work: Path, *, side: int, keep: bool) -> None:
    """Lay a made-up pyramid on another slide's glass."""
    work.mkdir(parents=True, exist_ok=True)
    path, um = work / f"slide_{side}.tif", 0.5
    if not path.exists():
        write_slide(_Pattern(side, um), path, um_per_px=um, name=str(side))
    slide = open_slide(path)
    rng = np.random.default_rng(SEED)
    bend = np.cumsum(rng.normal(0, 0.3, (2, 64, 64)), axis=1)
    angle = np.deg2rad(3)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    step = side * um / 64
    made = PlaneMap(matrix=turn, offset=np.array([100.0, -50.0]), field=bend, origin=(step / 2, step / 2), step=step)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter(), time.process_time()
    out = write_slide(
        MovedSlide(slide=slide, grid=slide.grid, um_per_px=um, place=made.move), work / "moved.tif", um_per_px=um, name="moved"
    )
    wall, cpu = time.perf_counter() - begun[0], time.process_time() - begun[1]
    with tifffile.TiffFile(out) as file:
        levels = len(file.series[0].levels)
    row = {
        "side": side, "levels": levels, "cpu_s": f"{cpu:.0f}", "wall_s": f"{wall:.0f}",
        "megapixels_a_cpu_second": f"{side**2 / 1e6 / cpu:.2f}",
        "most_memory_mb": f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}", "before_mb": f"{before / 1024:.0f}",
        "picture_mb": f"{3 * side**2 / 1e6:.0f}", **provenance(seed=SEED),
    }  # fmt: skip
    print(row)
    if keep:
        add_rows("sections_stream", [row], key=("side",))


class _Pattern:
    """A slide of any size that is computed where it is read."""

    def __init__(self, side: int, um: float) -> None:
        self.held = HeldSlide(samples=np.zeros((3, 1, 1), np.uint8), finest_um=um * side, um_per_px=um)
        self.grid, self.um_per_px = self.held.grid, um

    def read(self, origin_um, shape_px, um_per_px):
        """Return waves."""
        x, y = np.meshgrid(*(o + um_per_px * np.arange(n) for o, n in zip(origin_um, shape_px, strict=True)), indexing="ij")
        waves = np.stack([180 + 50 * np.sin(x / 40), 140 + 60 * np.sin(y / 30), 190 + 40 * np.sin((x + y) / 50)])
        return type("Tile", (), {"array": lambda _: waves.astype(np.uint8)})()


def main() -> None:
    """Parse and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="pairs", choices=("pairs", "strangers", "stream"))
    parser.add_argument("--work", type=Path, default=Path("sections_work"))
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--channel", default="hematoxylin", choices=("hematoxylin", "density"))
    parser.add_argument("--backwards", action="store_true", help="from the last pair, so that two processes share the work")
    parser.add_argument("--short", action="store_true")
    chosen = parser.parse_args()
    count = 4 if chosen.short else chosen.pairs
    if chosen.what == "stream":
        stream(chosen.work, side=4_000 if chosen.short else 20_000, keep=not chosen.short)
    else:
        drawn(chosen.work, count + (chosen.what == "strangers"))
        numbers = range(count)[::-1] if chosen.backwards else range(count)
        rows = {"pairs": pairs, "strangers": strangers}[chosen.what](chosen.work, numbers, chosen.channel)
        if not chosen.short:
            add_rows("sections", rows, key=("trial", "channel", "step", "pairs"))


if __name__ == "__main__":
    main()
