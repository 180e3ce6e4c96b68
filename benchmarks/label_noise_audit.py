"""Does the audit of label noise find labels that were made wrong? Flips planted into the hand-coded findings of reports_indiana.

    ISOCENTER_DATA=… python benchmarks/label_noise_audit.py [--flip 0.1] [--runs DIR] [--short]

A share of the reports of the learning part gets one finding flipped, half of them from present to absent; report_ngrams learns in
five folds, and `isocenter audit RUN label_noise` ranks the labels. Rows: how many of the planted flips are suspect, and how many of
the first suspects (as many as were planted) are planted. What else is suspect may be the coders' mistakes, or the model's.
The run is resumable. --short takes a quarter of the reports.
"""

import argparse
import csv
from pathlib import Path

import numpy as np

from isocenter.audits.audit import audit
from isocenter.metrics.estimates.wilson import wilson
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from provenance import add_rows, provenance

EXAMPLE = Path(__file__).parents[1] / "examples" / "reports_indiana"
STUDY = """name: reports_flipped
cases: cases.csv
inputs: {{findings: findings, impression: impression}}
units: {{findings: text, impression: text}}
targets: [{{name: mesh, type: multilabel, columns: [{columns}]}}]
patient: report
method: report_ngrams
split: {{folds: 5}}
"""


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def plant(folder: Path, *, flip: float, quarter: bool, seed: int = 0) -> set[tuple[str, str]]:
    """Write the study with flipped labels into a folder and return the flipped (case, finding)."""
    part = {row["case"]: row["part"] for row in rows_of(EXAMPLE / "split.csv")}
    cases = [row for row in rows_of(EXAMPLE / "cases.csv") if part[row["case"]] != "test"][:: 4 if quarter else 1]
    findings = [name for name in cases[0] if name not in ("case", "report", "findings", "impression")]
    rng = np.random.default_rng(seed)
    planted: set[tuple[str, str]] = set()
    for i in rng.permutation(len(cases))[: round(flip * len(cases))]:
        row = cases[i]
        present = [name for name in findings if row[name] == "1"]
        name = str(rng.choice(present if present and rng.random() < 0.5 else [n for n in findings if row[n] == "0"]))
        row[name] = "1" if row[name] == "0" else "0"
        planted.add((row["case"], name))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "cases.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(cases[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(cases)
    (folder / "study.yaml").write_text(STUDY.format(columns=", ".join(findings)), encoding="utf-8")
    return planted


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--flip", type=float, default=0.1)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    where = provenance(seed=0)
    folder = options.runs / f"label_noise_{options.flip:g}{'_short' if options.short else ''}"
    planted = plant(folder, flip=options.flip, quarter=options.short)
    made = run(folder / "study.yaml", out=folder / "run", progress=Terminal())
    (finding,) = audit(made.path, ["label_noise"])
    suspects = [(row["case"], row["label"]) for row in rows_of(made.path / "label_noise_mesh.csv")]
    found = len(planted & set(suspects))
    first = len(planted & set(suspects[: len(planted)]))
    counts = {"reports": finding.evidence[0].cases, "planted": len(planted), "suspects": len(suspects)}
    rows = []
    for name, hit, of in (("recall", found, len(planted)), ("precision_of_the_first", first, len(planted))):
        interval = wilson(hit, of)
        rows.append(
            {
                "flip": f"{options.flip:g}",
                "size": "quarter" if options.short else "whole",
                "name": name,
                "value": f"{hit / of:.4f}",
                "low": f"{interval.low:.4f}",
                "high": f"{interval.high:.4f}",
                "interval": interval.kind,
                **counts,
                **where,
            }
        )
        print(f"{name:<26}{rows[-1]['value']} [{rows[-1]['low']}, {rows[-1]['high']}]  {counts}")
    print(add_rows("label_noise_audit", rows, key=("flip", "size", "name")))


if __name__ == "__main__":
    main()
