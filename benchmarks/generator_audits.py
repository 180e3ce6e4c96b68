"""What may be trusted of generators: do their images teach, and does one that learned few films by heart get caught?

    ISOCENTER_DATA=… python benchmarks/generator_audits.py [teach copy] --folder DIR [--steps 1500] [--seeds 3] [--short]

teach : pneumoniamnist at 32 px, a DCGAN conditioned on normal or pneumonia; `audit train_on_synthetic` trains a classifier on its
        images and one on the films it learned from, and asks both about the tuning films.
copy  : the films of cxr_covid at 32 px that its test part does not hold, about half of the patients learned from, by three
        generators: one fitted to mean and covariance, which cannot know a film by heart; a DCGAN that sees each film hundreds of
        times; and one that hands out its learning films, which must be caught. `audit memorization` says which share of the
        answers is nearer to a learning film than new films are.

A run taken up again does only what is left; test parts stay closed. --short: 150 steps, one seed. Rows go to
results/generator_audits.csv.
"""

import argparse
import csv
from pathlib import Path

from isocenter.audits.audit import audit
from isocenter.core.finding import Finding
from isocenter.core.study import Study
from isocenter.io.answers import write_cases
from isocenter.io.study_file import read_study, write_study
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from provenance import add_rows, provenance

EXAMPLES = Path(__file__).parents[1] / "examples"
TABLES = ("cases.csv", "split.csv")
SIDE = 32
COPIERS = ("pca_gaussian", "dcgan", "learning_images")
KEY = ("study", "method", "steps", "name", "seeds")


def generator(example: str, method: str, folder: Path, *, steps: int, covariate: str = "") -> Path:
    """Train a generator of an example's images; return its run."""
    home = folder / f"{example}_{method}_{steps}"
    home.mkdir(parents=True, exist_ok=True)
    source = read_study(EXAMPLES / example / "study.yaml")
    split: dict[str, object] = {"file": "split.csv"}
    if covariate:
        for table in TABLES:
            (home / table).write_bytes((EXAMPLES / example / table).read_bytes())
    else:  # so few films that the split's own tuning part says nothing
        cases, parts = (csv.DictReader((EXAMPLES / example / f).read_text(encoding="utf-8").splitlines()) for f in TABLES)
        closed = {row["case"] for row in parts if row["part"] == "test"}
        write_cases([row for row in cases if row["case"] not in closed], home / "cases.csv")
        split = {"tune": 0.45}
    name, column = next(iter(source.inputs.items()))
    settings = {"side": SIDE, **({"steps": steps} if method == "dcgan" else {})}
    study = Study.model_validate(
        {"name": example, "cases": "cases.csv", "inputs": {name: column}, "task": "generation", "method": method,
         "targets": [{"name": name, "type": "image", "columns": column}], "covariates": [covariate] if covariate else [],
         "settings": settings, "split": split, "baselines": ["pca_gaussian"]}
    )  # fmt: skip
    return run(write_study(study, home / "study.yaml"), out=home / "run", time_limit=5, progress=Terminal()).path


def rows_of(finding: Finding, **key: object) -> list[dict[str, object]]:
    """Return a row for each number of a finding."""
    return [
        {**key, "name": e.name, "value": f"{e.value:.4f}", "low": f"{e.ci95[0]:.4f}", "high": f"{e.ci95[1]:.4f}", "cases": e.cases,
         "severity": finding.severity, **provenance(seed=0)}
        for e in finding.evidence
    ]  # fmt: skip


def main() -> None:
    """Train, audit, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="*", default=["teach", "copy"])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    steps, seeds = (150, 1) if asked.short else (asked.steps, asked.seeds)
    rows: list[dict[str, object]] = []
    if "teach" in asked.questions:
        made = generator("pneumoniamnist", "dcgan", asked.folder, steps=steps, covariate="label")
        found = audit(made, ["train_on_synthetic"], retrain=True, settings={"seeds": seeds}, progress=Terminal())
        rows += rows_of(found[0], study="pneumoniamnist", method="dcgan", steps=steps, seeds=seeds)
    if "copy" in asked.questions:
        for method in COPIERS:
            made = generator("cxr_covid", method, asked.folder, steps=steps)
            found = audit(made, ["memorization"], progress=Terminal())
            spent = steps if method == "dcgan" else 0
            rows += rows_of(found[0], study="cxr_covid", method=method, steps=spent, seeds=1)
    for row in rows:
        print(*(row[name] for name in ("study", "method", "steps", "name", "value", "low", "high", "severity")), sep="  ")
    print(add_rows("generator_audits", rows, key=KEY))


if __name__ == "__main__":
    main()
