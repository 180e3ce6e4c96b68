"""The main job on real studies: each example study for its budget, its internal test opened once (folds: out of fold).

    ISOCENTER_DATA=… python benchmarks/studies.py hippocampus_msd drive [--minutes 15] [--steps N] [--runs DIR] [--short]

Each study is resumable: a run folder taken up again does only what is left. Rows go to the tables segmentation, exam_labels and
counting of benchmarks/results.
--short gives every study a tenth of its minutes, into rows of their own. --steps: so many steps of the plan for these minutes,
however long they take, for a machine that does other work beside; `training_min` says how long that was.
"""

import argparse
import math
from pathlib import Path

from isocenter.core.plan import Plan
from isocenter.io.study_file import read_study, write_study
from isocenter.stages.evaluate import evaluate
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.report import report
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from provenance import add_rows, provenance

EXAMPLES = Path(__file__).parents[1] / "examples"
MINUTES = {
    "hippocampus_msd": 15.0,
    "drive": 15.0,
    "chase_db1": 20.0,
    "cxr_covid": 6.0,
    "em_isbi2012": 15.0,
    "dsb2018_nuclei": 15.0,
    "lgg_flair": 15.0,
    "sunnybrook_cmr": 15.0,
    "brats2013": 3.0,
    "ms_lesions": 3.0,
    "lung_mri_proton": 3.0,
    "ct_totalseg": 3.0,
    "brain_t1_oasis": 3.0,
    "tof_vessels": 20.0,
    "pneumoniamnist": 10.0,
    "cxr_covid_view": 6.0,
    "cxr_covid_finding": 6.0,
    "head_ct_hemorrhage": 2.0,
    "idrid_grading": 5.0,
    "nih_cxr64": 5.0,
    "cells_vgg": 15.0,
    "cells_mbm": 5.0,
    "cells_adipocyte": 15.0,
    "bccd": 15.0,
    "bccd_boxes": 30.0,
    "dsb2018_centers": 15.0,
    "gbm40_nuclei": 5.0,
    "gbm40_objects": 5.0,
    "consep": 12.0,
    "consep_objects": 12.0,
    "abide_graphs": 5.0,
}
"""Of training, per model; the sets of one to four patients support no claim and only have to complete."""
EXAM_LABELS = frozenset(
    {"pneumoniamnist", "cxr_covid_view", "cxr_covid_finding", "head_ct_hemorrhage", "idrid_grading", "nih_cxr64", "abide_graphs"}
)
"""Studies whose label belongs to a whole exam; their rows are a table of their own."""
COUNTED = frozenset(
    {
        "cells_vgg", "cells_mbm", "cells_adipocyte", "bccd", "bccd_boxes", "dsb2018_centers", "gbm40_nuclei", "gbm40_objects",
        "consep", "consep_objects",
    }
)  # fmt: skip
"""Studies whose objects are counted; their rows are a table of their own."""
PHANTOMS_ASKED = {"tof_vessels": {"n": 40, "grade": "test", "options": {"size": 64}}}
"""Studies drawn, not fetched: 30 cases to learn from, 10 to test on."""
KEY = ("study", "budget_min", "part", "who", "target", "name", "group")


def measure(study: str, minutes: float, folder: Path, *, steps: int | None = None) -> list[dict[str, object]]:
    """Run one study and return its rows."""
    where = provenance(seed=0)  # of the code that is about to run
    path = drawn(study, folder) if study in PHANTOMS_ASKED else EXAMPLES / study / "study.yaml"
    settings = {} if steps is None else {"steps": steps}
    made = run(path, out=folder, time_limit=minutes, settings=settings, progress=Terminal())
    split = read_split(made)
    if split.keys("test") and not split.folds():
        if made.openings():
            raise SystemExit(
                f"{study}: its test part was opened before; the rows in the table stand. Choose another --runs to train anew."
            )
        evaluate(made, test=True, progress=Terminal())
        report(made)
    return rows_of(made, study=study, budget=f"{minutes:g}", where=where)


def rows_of(made: RunFolder, *, study: str, budget: str, where: dict[str, str]) -> list[dict[str, object]]:
    """Return a row for each number of a run."""
    spent = training_minutes(made)
    return [
        {
            "study": study,
            "budget_min": budget,
            "who": e.who,
            "target": e.target,
            "name": e.name,
            "group": e.group,
            "value": shown(e.value),
            "low": shown(e.ci95[0]),
            "high": shown(e.ci95[1]),
            "unit": e.unit,
            "interval": e.interval,
            "patients": e.patients,
            "cases": e.cases,
            "excluded": e.excluded,
            "part": e.part,
            "openings": len(made.openings()),
            "steps": steps_done(made),
            "training_min": f"{spent:.1f}",
            **where,
        }
        for e in made.estimates()
    ]


def drawn(name: str, folder: Path) -> Path:
    """Draw a phantom's study beside its run, once; the vessels are asked for, with the metrics and baselines of vessels."""
    home = folder.parent / f"{name}_study"
    if (home / "study.yaml").exists():
        return home / "study.yaml"
    write_phantom(name, home, seed=7, **PHANTOMS_ASKED[name], progress=Terminal())
    study = read_study(home / "study.yaml").model_copy(
        update={"metrics": ("centerline_dice",), "baselines": ("frangi", "threshold"), "split": {"test": 0.25}}
    )
    return write_study(study, home / "study.yaml")


def table_of(study: str) -> str:
    """Name the table a study's rows go to."""
    return "exam_labels" if study in EXAM_LABELS else "counting" if study in COUNTED else "segmentation"


def shown(value: float) -> str:
    """Four digits; empty for NaN."""
    return "" if math.isnan(value) else f"{value:.4f}"


def models(run_folder: RunFolder) -> list[RunFolder]:
    """The run itself, or its folds."""
    return run_folder.inners("fold") or [run_folder]


def training_minutes(run_folder: RunFolder) -> float:
    """Minutes of the longest training, from log.csv."""
    longest = 0.0
    for model in models(run_folder):
        lines = (model.path / "log.csv").read_text(encoding="utf-8").splitlines() if model.exists("log.csv") else []
        if len(lines) > 1:
            longest = max(longest, float(lines[-1].split(",")[lines[0].split(",").index("minutes")]))
    return longest


def steps_done(run_folder: RunFolder) -> int:
    """Steps planned for the last model."""
    return models(run_folder)[-1].read(Plan).steps


def main() -> None:
    """Run what was asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", nargs="*", default=list(MINUTES), help="all of them if none is named")
    parser.add_argument("--minutes", type=float, help="budget per model; default each study's own")
    parser.add_argument("--steps", type=int, help="of training, instead of the budget's end")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    for study in asked.studies:
        minutes = asked.minutes or MINUTES[study] * (0.1 if asked.short else 1.0)
        rows = measure(study, minutes, asked.runs / f"{study}_{minutes:g}m", steps=asked.steps)
        print(add_rows(table_of(study), rows, key=KEY))


if __name__ == "__main__":
    main()
