"""A study on disk that a small network learns in seconds: bright discs on noise."""

from pathlib import Path

import numpy as np
from PIL import Image as Picture

STUDY = """name: discs
cases: cases.csv
inputs: {photo: image}
targets:
  - {name: disc, type: mask, columns: label, classes: [background, disc], values: {255: 1}}
patient: patient
covariates: [size]
settings: {patch: [16, 24], batch: 2, steps: 12, learning_rate: 0.01, widths: [8, 16], precision: float32, compiled: false}
"""


def write_discs(folder: Path, *, patients: int = 12, extra: str = "", seed: int = 0) -> Path:
    """Write pictures 40 wide and 28 high, their masks, cases.csv and study.yaml. Returns the study's path."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["case,patient,image,label,size"]
    for i in range(patients):
        y, x = np.mgrid[:28, :40]
        radius = 5 + i % 3
        disc = (x - rng.integers(10, 30)) ** 2 + (y - rng.integers(8, 20)) ** 2 < radius**2
        picture = np.clip(60 + 120 * disc + 20 * rng.standard_normal(disc.shape), 0, 255).astype(np.uint8)
        Picture.fromarray(picture).save(folder / f"photo_{i}.png")
        Picture.fromarray((255 * disc).astype(np.uint8)).save(folder / f"label_{i}.png")
        rows.append(f"c{i},p{i},photo_{i}.png,label_{i}.png,{'large' if radius > 5 else 'small'}")
    (folder / "cases.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "study.yaml").write_text(STUDY + extra, encoding="utf-8")
    return folder / "study.yaml"
