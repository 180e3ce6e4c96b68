"""How right are labels mined from reports? NIH's against those that several radiologists agreed on, film by film.

    ISOCENTER_DATA=… python benchmarks/label_tables.py

txrv_tests/google2019_nih-chest-xray-labels.csv.gz holds both for the same films: "Finding Labels" is NIH's text-mined list, four
columns are the adjudicated findings of Majkowska et al., Radiology 2020; 294:421. Fracture was never mined, so it has no row. The
films are not here. Also counted: how many of these films, and of the films with boxes, are among the small pictures of nih_cxr64.
"""

import csv
import gzip
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.metrics.estimates.patient_bootstrap import patient_bootstrap
from provenance import add_rows, provenance

TABLE = "txrv_tests/google2019_nih-chest-xray-labels.csv.gz"
BOXES = "txrv_tests/BBox_List_2017.csv.gz"
SMALL = "nih_cxr64/labels.csv"
PAIRS = {
    "pneumothorax": ("Pneumothorax", {"Pneumothorax"}),
    "nodule_or_mass": ("Nodule or mass", {"Nodule", "Mass"}),
    "airspace_opacity": ("Airspace opacity", {"Consolidation", "Infiltration", "Pneumonia", "Edema", "Atelectasis"}),
    "airspace_opacity_narrow": ("Airspace opacity", {"Consolidation", "Infiltration", "Pneumonia"}),
}
"""Finding -> the adjudicated column, the mined labels that mean it. Which are airspace opacity is our choice: both are shown."""
Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def share(hit: NDArray[np.bool_], of: NDArray[np.bool_]) -> Statistic:
    """Return the weighted share of `of` that is also `hit`."""

    def statistic(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        whole = weights @ of
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(whole > 0, weights @ (hit & of) / whole, np.nan)

    return statistic


def main() -> None:
    data = Path(os.environ["ISOCENTER_DATA"])
    where = provenance(seed=0)
    with gzip.open(data / TABLE, "rt", newline="", encoding="utf-8") as file:
        films = list(csv.DictReader(file))
    patients = [film["Patient ID"] for film in films]
    mined = [set(film["Finding Labels"].split("|")) for film in films]
    rows = []
    for finding, (column, labels) in PAIRS.items():
        truth = np.array([film[column] == "YES" for film in films])
        said = np.array([bool(names & labels) for names in mined])
        both = {"positive_predictive_value": (truth, said), "sensitivity": (said, truth), "specificity": (~said, ~truth)}
        for name, (hit, of) in both.items():
            statistic = share(hit, of)
            interval = patient_bootstrap(statistic, patients, rng=np.random.default_rng(0))
            rows.append(
                {
                    "finding": finding,
                    "name": name,
                    "value": f"{statistic(np.ones((1, len(films))))[0]:.4f}",
                    "low": f"{interval.low:.4f}",
                    "high": f"{interval.high:.4f}",
                    "interval": interval.kind,
                    "films": len(films),
                    "patients": len(set(patients)),
                    "adjudicated": int(truth.sum()),
                    "mined": int(said.sum()),
                    **where,
                }
            )
            print(f"{finding:<26}{name:<28}{rows[-1]['value']} [{rows[-1]['low']}, {rows[-1]['high']}]")
    path = add_rows("label_tables", rows, key=("finding", "name"))
    with (data / SMALL).open(newline="", encoding="utf-8") as file:
        small = {row["file"] for row in csv.DictReader(file)}
    with gzip.open(data / BOXES, "rt", newline="", encoding="utf-8") as file:
        boxes = {row["Image Index"] for row in csv.DictReader(file)}
    seen = {film["Image Index"] for film in films}
    print(f"{len(films)} films, {len(set(patients))} patients; in nih_cxr64 {len(seen & small)}, with boxes {len(boxes & small)}")
    print(path)


if __name__ == "__main__":
    main()
