"""What translations erase and invent as their learning images show more or fewer tumors: CycleGAN beside a paired L1 control.

    ISOCENTER_DATA=… python benchmarks/hazard.py --folder DIR [brain lgg_flair_to_gd lgg_gd_to_flair] [--steps 4000] [--seeds 3]
                     [--short] [--save]

brain           : brain phantom at 64 px, FLAIR to T1 with contrast agent; tumor or none; 0, 25, 50, 75 and 100 % of the target's
                  images with a tumor, three trainings of each.
lgg_flair_to_gd : slices of 22 patients, each with some without a tumor, brought to 64 px, at 0, 50 and 100 %. Fewer than 10
lgg_gd_to_flair   patients are held out, so points are given and no interval.

Each is a run and its audit (`isocenter audit RUN translation --retrain`), resumed where it stopped. Arms have equal numbers of
steps. Printed: tumors erased and invented at each share, and what the detector misses and mistakes in real images. --short: 90
patients, two shares, one training, 30 steps: too few for CycleGAN to learn anything. --save adds the rows to results/hazard.csv.
"""

import argparse
import csv
from pathlib import Path

import isocenter as iso
from isocenter.audits.audit import audit
from isocenter.core.finding import Finding
from isocenter.core.study import Study
from isocenter.io.answers import write_cases
from isocenter.io.study_file import write_study
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.brain.lesions import KINDS
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run_cases import data_root
from provenance import add_rows, provenance

SIDES = {"brain": ("flair", "t1c"), "lgg_flair_to_gd": ("flair", "post"), "lgg_gd_to_flair": ("post", "flair")}
SHARES = {"brain": (0.0, 0.25, 0.5, 0.75, 1.0), "lgg_flair_to_gd": (0.0, 0.5, 1.0), "lgg_gd_to_flair": (0.0, 0.5, 1.0)}
SEED = 61
MINUTES = 3.0
"""What networks are sized for; the steps are given."""
KEY = ("study", "arm", "share", "name", "steps", "trainings", "held")


def brain(home: Path, *, patients: int) -> Path:
    """Draw the phantom's patients, unless they are there; return the folder cells start from."""
    if not (home / "cases.csv").exists():
        options = {"diagnosis": "tumor"}
        write_phantom("brain_mr", home, n=patients, seed=SEED, prevalence=0.5, options=options, progress=Terminal())
    return home


def lgg(home: Path) -> Path:
    """Write the table of the slices whose contrasts were all taken."""
    data = data_root(None)
    if data is None:
        raise SystemExit("set ISOCENTER_DATA to the folder that holds lgg_flair")
    rows = []
    with (data / "lgg_flair" / "slices.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["pre_missing"] == row["post_missing"] == "0":
                image = f"lgg_flair/images/{row['file']}"
                rows.append({"case": row["file"].removesuffix(".png"), "patient": row["patient"], "flair": f"{image}#1",
                             "post": f"{image}#2", "lesions": f"lgg_flair/masks/{row['file']}"})  # fmt: skip
    home.mkdir(parents=True, exist_ok=True)
    write_cases(rows, home / "cases.csv")
    return data


def study_of(name: str, *, steps: int) -> Study:
    """Return the study of one translation, its tumors scored."""
    source, target = SIDES[name]
    mask = {"name": "lesions", "type": "mask", "columns": "lesions", "use": "score"}
    mask |= {"classes": ["background", *KINDS]} if name == "brain" else {"classes": ["background", "tumor"], "values": {255: 1}}
    targets = [{"name": target, "type": "image", "columns": target}, mask]
    settings = {"steps": steps, "batch": 4, **({} if name == "brain" else {"longest": 64})}
    fields = {"name": f"hazard_{name}", "cases": "cases.csv", "inputs": {source: source}, "targets": targets, "method": "cyclegan",
              "settings": settings, "split": {"tune": 0.4, "test": 0.0}}  # fmt: skip
    return Study.model_validate(fields)


def rows_of(name: str, findings: list[Finding], *, steps: int, trainings: int, held: int) -> list[dict[str, object]]:
    """Return a row for each number of the evidence, once."""
    found: dict[tuple[str, str], dict[str, object]] = {}
    for e in (e for f in findings for e in f.evidence):
        arm, _, share = e.group.removeprefix("arm=").partition(" share=")
        named = {"study": name, "arm": arm, "share": share, "name": e.name, "value": f"{e.value:.4f}"}
        ends = {"low": f"{e.ci95[0]:.4f}", "high": f"{e.ci95[1]:.4f}", "interval": e.interval, "patients": e.patients}
        found[e.group, e.name] = named | ends | {"cases": e.cases, "steps": steps, "trainings": trainings, "held": held}
    return list(found.values())


def main() -> None:
    """Run, audit, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", nargs="*", default=list(SIDES))
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--save", action="store_true")
    asked = parser.parse_args()
    steps, seeds, patients = (30, 1, 90) if asked.short else (asked.steps, asked.seeds, 600)
    folder = asked.folder / ("short" if asked.short else "full")
    for name in asked.studies:
        home = folder / name
        data = brain(home, patients=patients) if name == "brain" else lgg(home)
        path = write_study(study_of(name, steps=steps), home / f"hazard_{steps}.yaml")
        done = iso.run(path, out=home / f"run_{steps}", data=data, time_limit=MINUTES, progress=Terminal())
        shares = SHARES[name][:: len(SHARES[name]) - 1] if asked.short else SHARES[name]
        settings = {"tumor": "lesions:core" if name == "brain" else "lesions", "shares": shares, "seeds": seeds, "minutes": MINUTES,
                    "detector_steps": 100 if asked.short else 1500}  # fmt: skip
        findings = audit(done.path, ["translation"], settings=settings, retrain=True, progress=Terminal())
        held = sum(row["part"] == "tune" for row in csv.DictReader((done.path / "split.csv").open(newline="", encoding="utf-8")))
        rows = rows_of(name, findings, steps=steps, trainings=seeds, held=held)
        about = {"phantom": PHANTOMS.get("brain_mr").hash if name == "brain" else "", **provenance(seed=SEED)}
        for row in rows:
            print(
                "  ".join(f"{k} {row[k]}" for k in ("study", "arm", "share", "name", "value", "low", "high", "patients")),
                flush=True,
            )
        if asked.save:
            print(add_rows("hazard", [row | about for row in rows], key=KEY))


if __name__ == "__main__":
    main()
