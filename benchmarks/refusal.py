"""Does a network refuse what is unlike its learning cases? Pneumonia films of children, and pictures of other kinds.

    ISOCENTER_DATA=… python benchmarks/refusal.py [--steps 300] [--share 0.01] [--runs DIR] [--drawn DIR] [--short]

A network learns examples/pneumoniamnist (films of 28 samples) with `refuse: {unlike: SHARE}`; the line is chosen on tuning cases.
Then it is shown the example's held-out part (like; no label of it is read), and others: the same films inverted, upside down, with
their samples shuffled; noise of two kinds; a film of nothing; drawn hands and fundus photographs; real fundi (idrid_grading), blood
smears (bccd), and chest films of adults (nih_cxr64), which are near. A row each: share refused, with its interval over pictures,
and the AUC of the distance against the held-out films; a picture refused for its channels counts as the farthest. Colored pictures
are shown a second time in gray, where the number of channels tells nothing. Rows go to benchmarks/results/refusal.csv. --short:
fewer of each, 150 steps.
"""

import argparse
import csv
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from isocenter.core.case import Case
from isocenter.core.grid import plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.operate import Refuse
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study
from isocenter.io.answers import write_cases
from isocenter.io.images import open_image
from isocenter.io.study_file import read_study, write_study
from isocenter.metrics.estimates.delong import auc_covariance
from isocenter.metrics.operating_point import estimate_share
from isocenter.stages.answer import load_model
from isocenter.stages.decide import unlike_reason
from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Terminal
from isocenter.stages.run import run
from isocenter.stages.run_cases import data_root, open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from isocenter.stages.unlike import read_line
from provenance import add_rows, provenance

EXAMPLE = Path(__file__).parents[1] / "examples" / "pneumoniamnist"
KEY = ("study", "steps", "share", "shown")
REAL = {
    "fundi (idrid_grading)": "idrid_grading/images/*",
    "blood smears (bccd)": "bccd/images/*",
    "chest films of adults (nih_cxr64)": "nih_cxr64/images/*",
}


def trained(folder: Path, *, learn: int, tune: int, test: int, steps: int, share: float) -> RunFolder:
    """Train on some of the example's cases, in its own parts, and return the run."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {"learn": learn, "tune": tune, "test": test}
    with open(EXAMPLE / "split.csv", newline="", encoding="utf-8") as file:
        split = list(csv.DictReader(file))
    rng = np.random.default_rng(0)
    kept: set[str] = set()
    for part, count in wanted.items():
        keys = [row["case"] for row in split if row["part"] == part]
        kept |= set(rng.permutation(keys)[:count].tolist())
    with open(EXAMPLE / "cases.csv", newline="", encoding="utf-8") as file:
        write_cases([row for row in csv.DictReader(file) if row["case"] in kept], folder / "cases.csv")
    with open(folder / "split.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(split[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in split if row["case"] in kept)
    asked = read_study(EXAMPLE / "study.yaml").model_copy(
        update={"refuse": Refuse(unlike=share), "settings": {"steps": steps, "batch": 32}, "baselines": ("class_prior",)}
    )
    return run(write_study(asked, folder / "study.yaml"), out=folder / "run", progress=Terminal())


def others(like: list[Case], pictures: Path, *, count: int) -> Iterator[tuple[str, list[Case]]]:
    """Yield each kind of picture with its cases."""
    rng = np.random.default_rng(1)
    films = [shown_of(case).array().astype(np.float32) for case in like[:count]]
    shape = films[0].shape
    yield "films inverted", [case_of(255 - film) for film in films]
    yield "films upside down", [case_of(film[:, :, ::-1]) for film in films]
    yield "films, samples shuffled", [case_of(rng.permutation(film.ravel()).reshape(shape)) for film in films]
    yield "noise, uniform", [case_of(rng.uniform(0, 255, shape)) for _ in films]
    yield "noise, normal", [case_of(rng.normal(128, 40, shape)) for _ in films]
    yield "nothing", [case_of(100 + rng.normal(0, 0.5, shape)) for _ in films]
    drawn = {"hands (phantom)": ("hand", "film"), "fundi (phantom)": ("fundus", "fundus")}
    for name, (phantom, folder) in drawn.items():
        home = pictures / phantom
        if not (home / "study.yaml").exists():
            write_phantom(phantom, home, n=30, seed=1, options={"size_px": 96}, progress=Terminal())
        yield from colored_and_gray(name, [open_image(path) for path in sorted((home / folder).glob("*.png"))[:count]])
    root = data_root(None)
    for name, pattern in REAL.items():
        found = sorted(root.glob(pattern)) if root is not None else []
        yield from colored_and_gray(name, [open_image(path) for path in found[:: max(1, len(found) // count)][:count]])


def colored_and_gray(name: str, images: list[Image]) -> Iterator[tuple[str, list[Case]]]:
    """Yield pictures as they are, and where they have colors also without."""
    if not images:
        return
    samples = [image.array() for image in images]
    yield name, [case_of(s) for s in samples]
    if samples[0].shape[0] > 1:
        yield f"{name}, gray", [case_of(s.mean(axis=0, keepdims=True)) for s in samples]


def case_of(samples: np.ndarray) -> Case:
    """Return a case that shows one picture (C, X, Y)."""
    image = held_image(np.ascontiguousarray(samples, np.float32), plain_grid(samples.shape[1:]))
    return Case(key="shown", patient="shown", inputs={"film": image}, labels={}, covariates={})


def shown_of(case: Case) -> Image:
    """Return a case's film."""
    image = case.inputs["film"]
    if not isinstance(image, Image):
        raise TypeError(f"expected a film, got {type(image).__name__}")
    return image


def measure(
    folder: Path, pictures: Path, *, learn: int, tune: int, test: int, count: int, steps: int, share: float
) -> list[dict[str, object]]:
    """Train, show, and return a row for each kind."""
    where = provenance(seed=0)
    done = trained(folder, learn=learn, tune=tune, test=test, steps=steps, share=share)
    study, cases = open_run(done)
    model, line = load_model(done, done.read(Study)), read_line(done, study)
    if line is None:
        raise SystemExit("expected a line, got a study that refuses nothing")
    like = [cases[key] for key in read_split(done).keys("test")]
    said = {p.case: p for p in done.predictions()}
    near = [said[case.key] for case in like]
    rows = [row_of("held-out films (like)", near, near, line.line)]
    for name, found in others(like, pictures, count=count):
        rows.append(row_of(name, list(model.predict(found, scratch=folder)), near, line.line))
    shared = {"study": "pneumoniamnist", "steps": steps, "share": share, "learn": learn, "tune": line.patients}
    return [{**shared, **row, "line": f"{line.line:.4f}", **where} for row in rows]


def row_of(name: str, said: list[Prediction], near: list[Prediction], line: float) -> dict[str, object]:
    """Return the share refused, by what, and the AUC of the distance against held-out films."""
    refused = [bool(unlike_reason(p, line)) for p in said]
    share = estimate_share(refused, [str(i) for i in range(len(said))], name="refused")
    distances = np.array([p.unlike for p in (*said, *near)])
    finite = np.where(np.isfinite(distances), distances, distances[np.isfinite(distances)].max() + 1)
    auc = math.nan if said is near else float(auc_covariance(finite, np.arange(len(finite)) < len(said)).aucs[0])
    return {
        "shown": name,
        "pictures": len(said),
        "refused": shown(share.value),
        "low": shown(share.ci95[0]),
        "high": shown(share.ci95[1]),
        "of_another_kind": sum(bool(p.because) for p in said),
        "auc": shown(auc),
    }


def shown(value: float) -> str:
    """Four digits; empty for NaN."""
    return "" if math.isnan(value) else f"{value:.4f}"


def main() -> None:
    """Train once, show everything; add the rows to the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--drawn", type=Path, default=Path("runs"), help="where drawn hands and fundi are kept")
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    steps = asked.steps or (150 if asked.short else 300)
    many = (
        {"learn": 600, "tune": 300, "test": 200, "count": 20}
        if asked.short
        else {"learn": 1200, "tune": 468, "test": 524, "count": 30}
    )
    rows = measure(asked.runs / f"refusal_{steps}", asked.drawn, steps=steps, share=asked.share, **many)
    print(add_rows("refusal", rows, key=KEY))


if __name__ == "__main__":
    main()
