"""Draw the picture of the CT phantoms in docs/reference/phantoms.md: lungs with three patterns, heads with bleeding.

python docs/gallery/plot_ct_phantoms.py [FILE]
"""

import sys
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.phantom import Seeds

PLACE = Path(__file__).parent.parent / "reference" / "ct_phantoms.png"


def panel(title, phantom, mask, level, window, **options):
    """One slice as radiologists look at it (patient's right on the left), with the border of a truth."""
    seeds = Seeds(anatomy=1, disease=3, pose=2, demographics=4)
    case = PHANTOMS.get(phantom).draw(seeds, **options)
    hu, truth = case.inputs["ct"].array()[0], case.truths[mask].labels.array()[0]
    index = int(truth.sum((0, 1)).argmax()) if level is None else int(level * hu.shape[2])
    return title, np.clip(hu[::-1, ::-1, index].T, *window), truth[::-1, ::-1, index].T > 0


def main(place: Path) -> None:
    """Draw eight panels and save them."""
    lung = {"phantom": "emphysema_ct", "mask": "emphysema", "level": 0.5, "window": (-1050, -550), "voxel_mm": 2.6}
    head = {"phantom": "head_ct", "mask": "bleed", "level": None, "window": (-10, 90), "pixel_mm": 1.8, "volume_ml": 15.0}
    ill = {"disease": True, "extent": 0.2}
    panels = [
        panel("healthy", **lung, disease=False, scanner="soft"),
        panel("centrilobular, 20 %", **lung, **ill, pattern="centrilobular", scanner="soft"),
        panel("paraseptal", **lung, **ill, pattern="paraseptal", scanner="soft"),
        panel("panlobular, sharp kernel", **lung, **ill, pattern="panlobular", scanner="sharp"),
        panel("subdural, 15 mL", **head, compartments="subdural", scanner="clear"),
        panel("epidural", **head, compartments="epidural", scanner="clear"),
        panel("in the brain, portable", **head, compartments="intraparenchymal", scanner="portable"),
        panel("in the ventricles", **head, compartments="intraventricular", scanner="clear"),
    ]
    figure, axes = plt.subplots(2, 4, figsize=(10, 5.2), layout="constrained")
    for axis, (title, gray, border) in zip(axes.flat, panels, strict=True):
        axis.imshow(gray, cmap="gray")
        if border.any():
            axis.contour(border, [0.5], colors="tab:orange", linewidths=0.7)
        axis.set_title(title, fontsize=9)
        axis.axis("off")
    figure.savefig(place, dpi=80)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PLACE)
