"""Draw the picture of docs/reference/phantoms.md: chest films with their lung masks, and a vessel phantom's projections.

python docs/gallery/plot_phantoms.py [FILE]
"""

import sys
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.phantom import Seeds

PLACE = Path(__file__).parent.parent / "reference" / "phantoms.png"


def film(title, **options):
    """One chest film of the same patient, with the lungs' border."""
    case = PHANTOMS.get("chest_xray").draw(Seeds(anatomy=3, disease=5, pose=2, acquisition=1), "benchmark", size_px=256, **options)
    return title, case.inputs["film"].array()[0].T, case.truths["lungs"].region("lungs").T


def main(place: Path) -> None:
    """Draw eight panels and save them."""
    panels = [
        film("PA, healthy", view="PA", disease=False, scanner="crisp"),
        film("same, other scanner", view="PA", disease=False, scanner="flat"),
        film("same, opacities", view="PA", disease=True, findings="opacity", severity=1.0, scanner="crisp"),
        film("same, marker burnt in", view="PA", disease=False, scanner="crisp", marker=True),
        film("AP, pacemaker", view="AP", disease=False, scanner="crisp", devices="pacemaker"),
        film("lateral", view="L", disease=False, scanner="crisp"),
    ]
    vessels = PHANTOMS.get("tof_vessels").draw(Seeds(anatomy=4), "benchmark", size=96, scanner="sharp", disease=False)
    signal, mask = vessels.inputs["tof"].array()[0], vessels.truths["vessels"].region("vessel")
    panels += [
        ("vessels, slice", signal[:, :, 40].T[::-1], mask[:, :, 40].T[::-1]),
        ("vessels, projection", signal.max(1).T[::-1], np.zeros(1)),
    ]
    figure, axes = plt.subplots(2, 4, figsize=(10, 5.4), layout="constrained")
    for axis, (title, grey, border) in zip(axes.flat, panels, strict=True):
        axis.imshow(grey, cmap="gray", vmax=None if grey.dtype == np.uint8 else np.percentile(grey, 99.9))
        if border.any():
            axis.contour(border, [0.5], colors="tab:orange", linewidths=0.8)
        axis.set_title(title, fontsize=9)
        axis.axis("off")
    figure.savefig(place, dpi=80)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PLACE)
