"""Whole slides: what stains and class balance do across laboratories, and how a slide of 100,000 samples a side streams through.

    python benchmarks/slides.py [cohort | stream] [--work DIR] [--steps 300] [--short]

cohort : the slide phantom, 5 centers x 8 patients x 5 slides, each center left out once; equal steps for every arm:
         plain (no normalization, no jitter), macenko, reinhard, jitter of stains, macenko without class balance.
         AUC of tiles (within each center left out, mean and range over centers), of slides and of patients (within folds,
         patient-clustered interval). Rows: results/slides.csv.
stream : a made-up pyramid of JPEG tiles, a share of it tissue; `isocenter predict` in a process of its own, killed on the way and
         called again. Most memory of both, tissue tiles a second, rows looked at twice. Rows: results/slide_stream.csv.

--short: 5 centers x 2 patients x 2 slides and two arms; a slide of 12,000 samples a side. Both can be taken up again.
"""

import argparse
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile

from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.imaging.macenko import STANDARD
from isocenter.io.study_file import read_study, write_study
from isocenter.learning.slides.stain import Reference
from isocenter.learning.slides.tiles import Tiles, shares_of
from isocenter.methods._slides.model import SlideModel
from isocenter.methods._slides.plan import network_of
from isocenter.methods._slides.settings import SlideSettings
from isocenter.metrics.ranking import auc
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.phantom import Seeds
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from provenance import add_rows, provenance

SEED = 0
ARMS = {
    "plain": {"stain": "none", "stain_augmentation": 0.0, "balance": "sampling"},
    "macenko": {"stain": "macenko", "stain_augmentation": 0.0, "balance": "sampling"},
    "reinhard": {"stain": "reinhard", "stain_augmentation": 0.0, "balance": "sampling"},
    "jitter": {"stain": "none", "stain_augmentation": 0.5, "balance": "sampling"},
    "macenko, no balance": {"stain": "macenko", "stain_augmentation": 0.0, "balance": "none"},
}
SHORT_ARMS = ("plain", "macenko")
SIDE, SHORT_SIDE, TILE = 100_000, 12_000, 256
UM = 0.5
BANK = 16
"""Tissue tiles a made-up slide is put together from."""
COARSER = (4, 16, 64)
TISSUE = 0.2
"""Share of the slide that is tissue."""
BAR_GB, BAR_TILES = 2.0, 40.0


def cohort(work: Path, *, steps: int, short: bool) -> None:
    """Draw the cohort and run every arm on it."""
    home = work / ("cohort_short" if short else "cohort")
    if not (home / "study.yaml").exists():
        write_phantom("slides", home, n=20 if short else 200, visits=2 if short else 5, seed=SEED, progress=Terminal())
    study = read_study(home / "study.yaml")
    fields = study.model_dump(mode="json", exclude_unset=True, by_alias=True)
    fields |= {"name": "slides", "method": "slide_patches", "split": {"leave_out": "center"}, "groups": ["center"]}
    path = write_study(Study.model_validate(fields), home / "left_out.yaml")
    for arm in SHORT_ARMS if short else ARMS:
        settings = {"steps": steps, **ARMS[arm]}
        made = run(
            path,
            out=work / f"{home.name}_{arm.replace(', ', '_').replace(' ', '_')}_{steps}",
            data=home,
            settings=settings,
            progress=Terminal(),
        )
        rows = rows_of(made, arm, steps=steps)
        for row in rows:
            print({name: row[name] for name in ("arm", "of", "auc", "low", "high")}, flush=True)
        if not short:
            add_rows("slides", rows, key=("arm", "of", "steps"))


def rows_of(made: RunFolder, arm: str, *, steps: int) -> list[dict[str, object]]:
    """Return the AUC of tiles, slides and patients."""
    shared = {"arm": arm, "steps": steps, **provenance(seed=SEED)}
    tiles = {fold.path.name: tile_auc(fold) for fold in made.inners("fold")}
    known = [value for value in tiles.values() if np.isfinite(value)]
    told = ", ".join(f"{name} {value:.3f}" for name, value in tiles.items())
    rows: list[dict[str, object]] = [
        {"of": "tiles", "auc": f"{np.mean(known):.4f}", "low": f"{min(known):.4f}", "high": f"{max(known):.4f}",
         "how": f"mean and range over centers left out: {told}", **shared}
    ]  # fmt: skip
    names = {"carcinoma": "slides", "disease": "patients"}
    for e in made.estimates():
        if e.name == "auc" and e.who == "model" and e.group == "all" and e.target in names:
            low, high = e.ci95
            rows.append(
                {
                    "of": names[e.target],
                    "auc": f"{e.value:.4f}",
                    "low": f"{low:.4f}",
                    "high": f"{high:.4f}",
                    "how": e.interval,
                    **shared,
                }
            )
    return rows


def tile_auc(fold: RunFolder) -> float:
    """Return the AUC of all tiles of a center that was left out; NaN without carcinoma there."""
    study, cases = open_run(fold)
    target = next(t for t in study.targets if t.type == "mask")
    scores, truths = [], []
    for said in fold.predictions():
        heat, truth = said.extras.get(f"{target.name}:map"), cases[said.case].labels.get(target.name)
        if isinstance(heat, Image) and isinstance(truth, Mask):
            chance = heat.array()[1]
            columns, rows = np.nonzero(np.isfinite(chance))
            tiles = Tiles(
                shape=heat.grid.shape[:2],
                side_um=heat.grid.spacing[0],
                columns=columns,
                rows=rows,
                tissue=np.ones(len(rows), np.float32),
                white=(255.0,) * 3,
            )
            scores.append(chance[columns, rows])
            truths.append(shares_of(truth, tiles).argmax(axis=0) > 0)
    return auc(np.concatenate(scores), np.concatenate(truths)) if scores else float("nan")


def stream(work: Path, *, side: int, tile: int, keep: bool) -> None:
    """Predict one large slide, killed on the way."""
    work.mkdir(parents=True, exist_ok=True)
    slide = work / f"slide_{side}.ome.tif"
    if not slide.exists():
        began = time.monotonic()
        write_large(slide, side)
        print(f"{slide.name}: {slide.stat().st_size / 1e9:.2f} GB, made in {time.monotonic() - began:.0f} s", flush=True)
    folder, out = work / f"stream_run_{tile}", work / f"answers_{side}_{tile}"
    settings = write_run(folder, tile)
    words = [sys.executable, "-m", "isocenter"]
    command = [*words, "predict", str(folder), str(slide), "--out", str(out)]
    rows = -(-side // tile)
    peak_killed, seconds_killed, kept = until_killed(command, out / ".scratch" / "slides", rows // 10)
    before = processor_s()
    again, seconds = watched(command, out / ".scratch" / "slides")
    repeated = [name for name in again.rewritten if name in kept]
    count = tissue_tiles(out)
    left = count - sum(kept.values())
    row = {
        "slide": f"{side} x {side}",
        "tile": tile,
        "stain": settings.stain,
        "tissue_tiles": count,
        "killed_after_rows": len(kept),
        "rows_repeated": len(repeated),
        "peak_gb": f"{max(peak_killed, again.peak_gb):.2f}",
        "bar_gb": BAR_GB,
        "tiles_a_second": f"{left / seconds:.1f}",
        "bar_tiles": BAR_TILES,
        "tiles_a_processor_second": f"{left / max(processor_s() - before, 1e-9):.1f}",
        "seconds": f"{seconds_killed + seconds:.0f}",
        "threads": os.environ.get("OMP_NUM_THREADS", "all"),
        "encoder": f"{settings.encoder} {settings.encoder_settings} {settings.precision}",
        **provenance(seed=SEED),
    }
    print(row, flush=True)
    if keep:
        add_rows("slide_stream", [row], key=("slide", "tile", "stain"))


def write_large(path: Path, side: int) -> None:
    """Write a pyramid tile by tile: a disc of tissue from a bank of phantom tiles, glass around."""
    case = PHANTOMS.get("slides").draw(Seeds(), "benchmark", disease=True)
    samples = case.inputs["slide"].samples.transpose(2, 1, 0)  # (Y, X, 3) at 0.5 um
    darkest = np.argsort([samples[y : y + TILE, x : x + TILE].mean() for x, y in _corners(samples.shape)])[:BANK]
    corners = list(_corners(samples.shape))
    bank = np.stack([samples[y : y + TILE, x : x + TILE] for x, y in (corners[i] for i in darkest)])
    glass = np.full((1, TILE, TILE, 3), 243, np.uint8)
    full = np.concatenate([glass, bank])  # number 0 is glass
    across = -(-side // TILE)
    x, y = np.meshgrid(np.arange(across), np.arange(across))
    inside = np.hypot(x + 0.5 - across / 2, y + 0.5 - across / 2) < across * np.sqrt(TISSUE / np.pi)
    number = np.where(inside, 1 + (x * 7 + y * 13 + x * y) % BANK, 0)
    with tifffile.TiffWriter(path, bigtiff=True) as file:
        for level in (1, *COARSER):
            size = -(-side // level)
            per_cm = 1e4 / (UM * level)
            file.write(
                _tiles(full, number, level), shape=(size, size, 3), dtype=np.uint8, tile=(TILE, TILE), photometric="rgb",
                compression="jpeg", resolution=(per_cm, per_cm), resolutionunit="CENTIMETER",
                subifds=len(COARSER) if level == 1 else None, subfiletype=0 if level == 1 else 1, metadata=None,
            )  # fmt: skip


def _corners(shape: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    yield from ((x, y) for y in range(0, shape[0] - TILE + 1, TILE // 2) for x in range(0, shape[1] - TILE + 1, TILE // 2))


def _tiles(full: np.ndarray, number: np.ndarray, level: int) -> Iterator[bytes]:
    """Yield the tiles of a level, encoded: each holds level x level of the finest ones, averaged. What is alike is encoded once."""
    small = TILE // level
    means = full.reshape(len(full), small, level, small, level, 3).mean(axis=(2, 4)).astype(np.uint8)
    across = -(-number.shape[0] // level)
    padded = np.pad(number, (0, across * level - number.shape[0]))
    known: dict[bytes, bytes] = {}
    for row in range(across):
        for column in range(across):
            inside = padded[row * level : (row + 1) * level, column * level : (column + 1) * level]
            word = inside.tobytes() if level == 1 or not inside.any() else b""
            if word and word in known:
                yield known[word]
                continue
            picture = np.ascontiguousarray(means[inside].transpose(0, 2, 1, 3, 4).reshape(TILE, TILE, 3))
            made: bytes = imagecodecs.jpeg8_encode(picture, level=85, colorspace="RGB", outcolorspace="RGB")
            if word:
                known[word] = made
            yield made


def write_run(folder: Path, tile: int) -> SlideSettings:
    """Write a run folder with an untrained model: what it says does not matter, only what saying it takes."""
    target = {"name": "regions", "type": "mask", "columns": "regions", "classes": ["other", "carcinoma"]}
    study = Study.model_validate(
        {
            "name": "stream",
            "cases": "cases.csv",
            "inputs": {"slide": "slide"},
            "at": {"slide": "20x"},
            "targets": [target],
            "method": "slide_patches",
        }
    )
    settings = SlideSettings(
        tile=tile,
        um_per_px=UM,
        stain="macenko",
        pooling="heat_map",
        encoder_settings={"widths": (16, 32, 64, 128), "first_stride": 2},
    )
    made = RunFolder(folder).create()
    made.write(study)
    made.write(Plan(method="slide_patches", seed=SEED, steps=1, minutes=0, gigabytes=0, sane=True, settings=()))
    network = network_of(settings, classes=2, outputs={}, seed=SEED)
    SlideModel(
        network,
        {},
        shown="slide",
        regions=study.targets[0],
        targets=(),
        settings=settings,
        reference=Reference(way="macenko", palette=STANDARD),
    ).save(folder / "model")
    return settings


class Watched:
    """What was seen of a process: the most memory it held, and which rows it wrote."""

    def __init__(self) -> None:
        self.peak_gb = 0.0
        self.rewritten: list[str] = []


def until_killed(command: list[str], rows: Path, count: int) -> tuple[float, float, dict[str, int]]:
    """Kill a prediction once it has done so many rows; return GB, seconds, and the tiles of each row done."""
    began = time.monotonic()
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    peak = 0.0
    while child.poll() is None and len(_done(rows)) < count:
        peak = max(peak, resident_gb(child.pid))
        time.sleep(0.2)
    child.send_signal(signal.SIGKILL)
    child.wait()
    if child.returncode != -signal.SIGKILL:
        raise SystemExit(f"expected to kill the prediction, but it had ended with status {child.returncode}")
    return peak, time.monotonic() - began, {path.name: len(np.load(path)["logits"]) for path in _done(rows)}


def watched(command: list[str], rows: Path) -> tuple[Watched, float]:
    """Run a prediction to its end; return what was seen, and its seconds."""
    before = {path: path.stat().st_mtime_ns for path in _done(rows)}
    began, seen = time.monotonic(), Watched()
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while child.poll() is None:
        seen.peak_gb = max(seen.peak_gb, resident_gb(child.pid))
        seen.rewritten += [p.name for p, when in before.items() if p.exists() and p.stat().st_mtime_ns != when]
        time.sleep(0.5)
    if child.returncode:
        raise SystemExit(f"expected the prediction to end well, got status {child.returncode}: {' '.join(command)}")
    return seen, time.monotonic() - began


def processor_s() -> float:
    """Return the processor's seconds of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _done(rows: Path) -> list[Path]:
    return sorted(rows.glob("*/[0-9]*.npz"))


def resident_gb(pid: int) -> float:
    """Return the most memory a process has held so far; 0 once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) * 1024 / 1e9 for line in lines if line.startswith("VmHWM")), 0.0)


def tissue_tiles(out: Path) -> int:
    """Return how many tiles a heat map told of."""
    (path,) = out.glob("*_map.ome.tif")
    return int(np.isfinite(tifffile.imread(path)[0]).sum())


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("cohort", "stream"), help="one of the two; both if not named")
    parser.add_argument("--work", type=Path, default=Path("runs/slides"))
    parser.add_argument("--steps", type=int, default=300, help="of the training of each fold")
    parser.add_argument("--tile", type=int, default=128, help="of the slide that streams")
    parser.add_argument("--side", type=int, default=SIDE, help="of that slide, in samples of 0.5 um")
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    if asked.what != "stream":
        cohort(asked.work, steps=asked.steps, short=asked.short)
    if asked.what != "cohort":
        stream(asked.work, side=SHORT_SIDE if asked.short else asked.side, tile=asked.tile, keep=not asked.short)


if __name__ == "__main__":
    main()
