"""Peak memory of the whole `isocenter predict` on a large CT with many classes: the command's own process, measured from outside.

A made-up CT of 512 x 512 x 600 int16 samples, packed as .nii.gz; a run folder with an untrained U-Net of 20 classes. Its widths are
tiny, since the network's own memory is one window's; what grows with the scan and the classes does not depend on them. Two rows: a
network that works on the scan's own samples, and one that works at another spacing, so that image and answer are resampled.

    python benchmarks/predict_memory.py [--short]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nibabel as nib
import numpy as np

from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.methods._patches.learner import build_network
from isocenter.methods.segmentation._segmenter import Segmenter
from isocenter.methods.segmentation._unet_config import UNetSettings
from isocenter.stages.run_folder import RunFolder
from provenance import add_rows, provenance

SEED = 0
CLASSES = 20
SIZE, SHORT = (512, 512, 600), (128, 128, 150)
SPACING_MM = (0.8, 0.8, 1.0)
BAR_GB = 6.0
WAYS = {"own samples": (), "resampled": (1.0, 1.0, 1.5)}
"""Spacing the network works at; () = the scan's own samples."""


def write_scan(path: Path, size: tuple[int, ...]) -> None:
    """A body of soft tissue in air, in HU, with noise of a few steps."""
    rng = np.random.default_rng(SEED)
    samples = np.full(size, -1000, np.int16)
    x, y = np.ogrid[: size[0], : size[1]]
    body = ((x / size[0] - 0.5) / 0.45) ** 2 + ((y / size[1] - 0.5) / 0.35) ** 2 < 1
    for z in range(size[2]):
        samples[..., z][body] = 40 + rng.integers(-8, 8, int(body.sum()), dtype=np.int16)
    nib.openers.Opener.default_compresslevel = 1
    nib.save(nib.Nifti1Image(samples, np.diag([*SPACING_MM, 1.0])), path)


def write_run(folder: Path, spacing: tuple[float, ...], patch: tuple[int, ...]) -> None:
    """A run folder that holds what `predict` reads: study, plan, model."""
    names = ["background", *(f"organ {k}" for k in range(1, CLASSES))]
    target = {"name": "organs", "type": "mask", "columns": "label", "classes": names}
    study = Study.model_validate({"name": "memory", "cases": "cases.csv", "inputs": {"ct": "image"}, "targets": [target]})
    settings = UNetSettings(
        patch=patch, widths=(4, 8), strides=((1, 1, 1), (2, 2, 2)), spacing=spacing, overlap=0.25, scheme="ct", low=-1000, high=1000
    )
    run = RunFolder(folder).create()
    run.write(study)
    run.write(Plan(method="unet", seed=SEED, steps=1, minutes=0, gigabytes=0, sane=True, settings=()))
    Segmenter(build_network(settings, outputs=CLASSES), inputs=("ct",), target=study.targets[0], settings=settings).save(
        folder / "model"
    )


def peak_gb(command: list[str]) -> tuple[float, float]:
    """Run a command; return the GB its process held at most, and the seconds it took."""
    began = time.monotonic()
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"expected the command to succeed, got status {child.returncode}: {' '.join(command)}")
    return usage.ru_maxrss * 1024 / 1e9, time.monotonic() - began


def main() -> None:
    """Measure both ways and keep the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a scan of 128 x 128 x 150; keeps no row")
    parser.add_argument("--patch", type=int, default=96, help="samples of a window per axis")
    parser.add_argument("--only", choices=list(WAYS), help="one of the two")
    options = parser.parse_args()
    size = SHORT if options.short else SIZE
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_scan(folder / "scan.nii.gz", size)
        for way in [options.only] if options.only else WAYS:
            run, out = folder / f"run {way}", folder / f"out {way}"
            write_run(run, WAYS[way], (options.patch,) * 3)
            words = ["predict", str(run), str(folder / "scan.nii.gz"), "--out", str(out)]
            peak, seconds = peak_gb([sys.executable, "-m", "isocenter", *words])
            labels = nib.load(out / "scan.nii.gz")
            if labels.shape != size or labels.get_data_dtype() != np.uint8:
                raise SystemExit(f"expected labels uint8 of shape {size}, got {labels.get_data_dtype()} of {labels.shape}")
            rows.append(
                {
                    "what": f"{way}, window {options.patch} cubed",
                    "scan": " x ".join(map(str, size)),
                    "classes": CLASSES,
                    "peak_gb": f"{peak:.2f}",
                    "bar_gb": BAR_GB,
                    "seconds": f"{seconds:.0f}",
                    **provenance(seed=SEED),
                }
            )
            print(f"{rows[-1]['what']}: {peak:.2f} GB at most (bar {BAR_GB:g}), {seconds:.0f} s", flush=True)
    if not options.short:
        add_rows("predict_memory", rows, key=("what",))


if __name__ == "__main__":
    main()
