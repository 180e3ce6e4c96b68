"""Draw the picture of docs/how-to/choose_a_network.md: cortical layers as networks with and without skips answer them.

python docs/gallery/plot_network_edges.py RUN DATA [FILE]

RUN is the folder that `benchmarks/networks.py cortex_edges` wrote, its test part evaluated; DATA that of the drawn cases beside it.
"""

import sys
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from isocenter.core.plan import Plan
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split

PLACE = Path(__file__).parent.parent / "how-to" / "network_edges.png"
PART = slice(24, 72)
"""Samples of both axes that are shown, so that borders can be seen."""


def titled(plan: Plan) -> str:
    """Name an arm by what it was given."""
    chosen = {s.name: s.value for s in plan.settings}
    return f"{chosen['network']}{', edges {:g}'.format(chosen['edge_weight']) if chosen['edge_weight'] else ''}"


def main(run: Path, data: Path, place: Path) -> None:
    """Draw one held-out section, its truth, and the answer of every arm with its boundary F1."""
    made = RunFolder(run)
    arms = made.inners("arm")
    key = sorted(read_split(arms[0]).keys("test"))[0]
    study = read_study(run / "study.yaml")
    case = open_cases(study, folder=run, data=data)[key]
    shown = {"section": case.inputs["section"].array()[0], "truth": case.labels["layers"].labels.array()[0]}
    for arm in arms:
        answer = next(p for p in arm.predictions() if p.case == key).answers["layers"].labels.array()[0]
        table = arm.measurements()
        of_case = table[(table["case"] == key) & (table["who"] == "model") & (table["name"] == "boundary_f1")]
        shown[f"{titled(arm.read(Plan))}\n{float(of_case['value'].iloc[0]):.2f}"] = answer
    figure, axes = plt.subplots(1, len(shown), figsize=(1.9 * len(shown), 2.3), layout="constrained")
    for ax, (title, picture) in zip(axes, shown.items(), strict=True):
        cut = np.asarray(picture)[PART, PART].T
        ax.imshow(
            cut, cmap="gray" if title == "section" else "viridis", vmin=None if title == "section" else 0, interpolation="nearest"
        )
        ax.set_title(title, fontsize=7)
        ax.axis("off")
    figure.savefig(place, dpi=110)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else PLACE)
