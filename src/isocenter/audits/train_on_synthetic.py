"""Train on synthetic, test on real: do a generator's images teach what the real ones teach?

In:   a run of a generator that learned conditions (words of a covariate); two classifiers are trained anew, on request: one on the
      images the generator learned from, one on as many generated for the same words.
Out:  one finding: the AUC of each on the held-out real images, and the difference, with intervals over patients; how many generated
      images show one picture; a figure. Where all show nearly one, nothing is trained, and that is the finding.
Not:  no judgment of how the images look, nor of images of a condition nobody asked for.

Reference: Esteban, Hyland & Rätsch 2017, arXiv:1706.02633 (train on synthetic, test on real); Ravuri & Vinyals, NeurIPS 2019,
           arXiv:1905.10887 (a generator may look right and teach little).
"""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.audits._own_run import cell, run_written
from isocenter.audits._same_pictures import Apart, kept_apart, see
from isocenter.audits._words import with_interval
from isocenter.audits.audit import Audit, NotForThisRun
from isocenter.core.errors import SettingError, unknown
from isocenter.core.estimate import Estimate
from isocenter.core.executor import Executor
from isocenter.core.finding import Finding
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.figures.intervals import Row, draw_intervals
from isocenter.figures.style import to_png
from isocenter.io.answers import write_cases
from isocenter.io.table import TableCases, target_columns
from isocenter.io.text_columns import read_text_table
from isocenter.methods.registry import task_of
from isocenter.metrics.estimates.patient_bootstrap import patient_bootstrap
from isocenter.metrics.ranking import weighted_auc
from isocenter.stages.predict import predict
from isocenter.stages.progress import Progress
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.skipping import Skips
from isocenter.stages.split import read_split

LABEL, IMAGE = "label", "image"
FEWEST = 10
"""Held-out images of a word below which it is not asked for."""
DIFFERENT = 10
"""Different pictures below which nothing is trained: there is nothing to learn from, and no part to tune on."""
TUNED = 0.15
"""Share of the images a classifier is tuned on."""
REAL, SYNTHETIC = "real", "synthetic"
TOLERATED = 0.1

Floats = NDArray[np.float64]
Cells = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class TrainOnSyntheticSettings:
    """What is asked."""

    covariate: str = ""
    """The condition that is told apart; "" = the first whose cells are words."""
    method: str = "cnn"
    steps: int = 300
    """Of each classifier."""
    seeds: int = 1
    """Trainings of each; the AUC is their mean. A claim about methods needs 3."""
    minutes: float = 2.0
    """What the classifier is sized for; the steps are given."""
    tolerated: float = TOLERATED
    """AUC that may be lost; the difference's interval must lie above for a warning."""

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if min(self.steps, self.seeds) < 1 or self.minutes <= 0:
            raise SettingError("expected steps and seeds of at least 1, and minutes > 0.")


def judge(run: RunFolder, executor: Executor, settings: TrainOnSyntheticSettings, progress: Progress) -> Sequence[Finding]:
    """Train both, answer the held-out images, return the finding. NotForThisRun without a generator that knows conditions."""
    del executor
    study, cases = open_run(run)
    if not task_of(study).requests:
        raise NotForThisRun("expected a run of a generator (task: generation), got none. Other tasks answer their cases.")
    made = read_split(run)
    if made.folds():
        raise NotForThisRun("expected a run with a tuning part, got folds; audit one of them: isocenter audit RUN/fold/0 …")
    learn, held = (Skips(run).without(made.keys(part)) for part in ("learn", "tune"))
    covariate = _covariate(study, cases, learn, settings.covariate)
    image = study.targets[0]
    learn, held = ([k for k in keys if _word(cases, k, covariate) and image.name in cases[k].labels] for keys in (learn, held))
    words = _words(cases, learn, held, covariate)
    learn, held = ([key for key in keys if _word(cases, key, covariate) in words] for keys in (learn, held))
    home = run.path / "train_on_synthetic"
    real = [_row(cases, key, covariate, image) for key in learn]
    progress.say(f"train_on_synthetic: {len(real)} images for the words of {covariate}")
    drawn = _generated(run, home, study, cases, learn, covariate, image, progress=progress)
    tested = [_row(cases, key, covariate, image) for key in held]
    looks = see(tested, image=IMAGE)
    pools = {who: kept_apart(rows, looks, image=IMAGE) for who, rows in ((REAL, real), (SYNTHETIC, drawn))}
    if not _can_teach(pools[SYNTHETIC]):
        return [_alike(pools[SYNTHETIC])]
    said = {}
    for who, pool in pools.items():
        for seed in range(settings.seeds):
            progress.say(f"train_on_synthetic: {settings.method} on {who} images, training {seed + 1} of {settings.seeds}")
            place = home / f"{who}_{settings.method}_{settings.steps}_{seed}"
            said[who, seed] = _classified(place, pool.rows, tested, words, settings, seed=study.seed + seed, progress=progress)
    truth = np.array([words.index(_word(cases, key, covariate)) for key in held])
    scores = {who: np.stack([said[who, seed] for seed in range(settings.seeds)]) for who in pools}
    found = _estimates(scores, truth, [cases[key].patient for key in held], covariate, seed=study.seed)
    return [_finding(run, settings, found, covariate, words, pools)]


def _covariate(study: Study, cases: TableCases, keys: Sequence[str], named: str) -> str:
    """Return the condition that is asked for. SettingError, with "did you mean"; NotForThisRun when there is none."""
    if named and named not in study.covariates:
        raise SettingError(unknown("covariate", named, study.covariates))
    for column in (named,) if named else study.covariates:
        if any(_word(cases, key, column) for key in keys):
            return column
    raise NotForThisRun(
        "expected a generator that learned a condition, a covariate whose cells are words, got none. Give the study "
        "`covariates: [finding]` and run it again."
    )


def _words(cases: TableCases, learn: Sequence[str], held: Sequence[str], covariate: str) -> list[str]:
    """Return the words that enough held-out images and some learning ones have. NotForThisRun for fewer than two."""
    count = {
        word: sum(_word(cases, key, covariate) == word for key in held) for word in {_word(cases, k, covariate) for k in learn}
    }
    words = sorted(word for word, n in count.items() if n >= FEWEST)
    if len(words) < 2:
        raise NotForThisRun(
            f"expected two words of {covariate} with {FEWEST} held-out images each, got {count}. Hold out more cases: "
            "split: {tune: 0.3}"
        )
    return words


def _word(cases: TableCases, key: str, covariate: str) -> str:
    """Return a case's word; "" where the cell is empty or a number."""
    said = cases[key].covariates.get(covariate)
    return said if isinstance(said, str) else ""


def _row(cases: TableCases, key: str, covariate: str, image: Target) -> Cells:
    return {"case": key, "patient": cases[key].patient, LABEL: _word(cases, key, covariate),
            IMAGE: cell(cases, key, target_columns(image)[0])}  # fmt: skip


def _generated(
    run: RunFolder, home: Path, study: Study, cases: TableCases, learn: Sequence[str], covariate: str, image: Target,
    *, progress: Progress,
) -> list[Cells]:  # fmt: skip
    """Return an image a learning case, generated for the words of that case; each is a patient of its own.

    They are drawn once for a model and what it is asked for: the folder is named by a hash of both, so that what an older model
    drew is never taken for this one's, and a classifier that learned from it is trained anew.
    """
    asked = [
        {
            "case": f"drawn_{i:05d}",
            "seed": str(i),
            **{c: str(cases[key].covariates.get(c) or "") for c in study.covariates if c != "seed"},
        }
        for i, key in enumerate(learn)
    ]
    wanted = json.dumps([run.stamps.hash_of("model"), asked])
    out = home / "drawn" / hashlib.sha256(wanted.encode()).hexdigest()[:16]
    if not (out / "cases.csv").exists():
        shutil.rmtree(home / "drawn", ignore_errors=True)
        home.mkdir(parents=True, exist_ok=True)
        predict(run.path, write_cases(asked, home / "asked.csv"), out=out, progress=progress)
    table = read_text_table(out / "cases.csv")
    files = dict(zip(table.cells("case"), table.cells(f"predicted_{image.name}"), strict=True))
    return [
        {"case": row["case"], "patient": row["case"], LABEL: row[covariate], IMAGE: str((out / files[row["case"]]).resolve())}
        for row in asked
        if files.get(row["case"])
    ]


def _tuned(rows: Sequence[Cells], rng: np.random.Generator) -> frozenset[str]:
    """Return the patients a classifier is tuned on, TUNED of the rows: none with most of them, none that alone shows a word."""
    words: dict[str, Counter[str]] = {}
    for row in rows:
        words.setdefault(row["patient"], Counter())[row[LABEL]] += 1
    left, room, chosen = Counter(row[LABEL] for row in rows), max(2, round(TUNED * len(rows))), []
    for patient in rng.permutation(sorted(words)).tolist():
        own = words[patient]
        if own.total() <= room and all(left[word] > n for word, n in own.items()):
            chosen.append(patient)
            left, room = left - own, room - own.total()
    return frozenset(chosen)


def _can_teach(drawn: Apart) -> bool:
    """Tell whether something can be learned from what was drawn, and a part of it be tuned on."""
    flat = 2 * drawn.flat > len(drawn.rows)
    return drawn.pictures >= DIFFERENT and not flat and bool(_tuned(drawn.rows, np.random.default_rng(0)))


def _classified(
    home: Path, rows: Sequence[Cells], tested: Sequence[Cells], words: Sequence[str], settings: TrainOnSyntheticSettings,
    *, seed: int, progress: Progress,
) -> Floats:  # fmt: skip
    """Train a classifier on rows; return what it says of the held-out images, (N, words)."""
    tuned = _tuned(rows, np.random.default_rng([seed, 41]))
    parts = [("tune" if row["patient"] in tuned else "learn", row) for row in rows] + [("test", row) for row in tested]
    study = Study(
        name="train_on_synthetic",
        cases=Path("cases.csv"),
        inputs={IMAGE: IMAGE},
        targets=(Target(name=LABEL, type="class", columns=(LABEL,), classes=tuple(words)),),
        method=settings.method,
        settings={"steps": settings.steps},
        split={"file": "split.csv"},
        seed=seed,
    )
    split = [{"case": row["case"], "patient": row["patient"], "part": part, "fold": ""} for part, row in parts]
    done = run_written(study, [row for _, row in parts], split, home, minutes=settings.minutes, progress=progress, test=True)
    answers = {p.case: p.answers.get(LABEL) for p in done.predictions()}
    return np.array([a.p if isinstance(a := answers.get(row["case"]), Scores) else [np.nan] * len(words) for row in tested])


def _estimates(
    scores: Mapping[str, Floats], truth: NDArray[np.intp], patients: Sequence[str], covariate: str, *, seed: int
) -> dict[str, Estimate]:
    """Return the AUC of each, one word against the others and averaged, and the difference; (trainings, N, words) each."""
    whole = np.all([np.isfinite(s).all(axis=(0, 2)) for s in scores.values()], axis=0)
    truth, people = truth[whole], [p for p, ok in zip(patients, whole, strict=True) if ok]

    def auc(who: str, weights: Floats) -> Floats:
        each = [
            weighted_auc(one[whole, index], truth == index, weights)
            for one in scores[who]
            for index in range(one.shape[1])[1 if one.shape[1] == 2 else 0 :]
        ]
        return np.asarray(np.mean(each, axis=0), float)

    def difference(weights: Floats) -> Floats:
        return auc(REAL, weights) - auc(SYNTHETIC, weights)

    found = {}
    for name, statistic in ((REAL, lambda w: auc(REAL, w)), (SYNTHETIC, lambda w: auc(SYNTHETIC, w)), ("lost", difference)):
        interval = patient_bootstrap(statistic, people, rng=np.random.default_rng(seed))
        found[name] = Estimate(
            name=f"auc_{name}", value=float(statistic(np.ones((1, len(truth))))[0]), unit="1", ci95=interval.ends,
            interval=interval.kind, patients=len(set(people)), cases=len(truth), excluded=int((~whole).sum()), target=covariate,
        )  # fmt: skip
    return found


def _finding(
    run: RunFolder,
    settings: TrainOnSyntheticSettings,
    found: Mapping[str, Estimate],
    covariate: str,
    words: Sequence[str],
    pools: Mapping[str, Apart],
) -> Finding:
    lost = found["lost"]
    bad = lost.ci95[0] > settings.tolerated
    rows = [
        Row(label=f"learned from {who} images", value=e.value, ci95=e.ci95, patients=e.patients)
        for who, e in found.items()
        if who != "lost"
    ]
    (run.path / "figures").mkdir(exist_ok=True)
    drawing = draw_intervals(rows, axis=f"AUC of {covariate} on real images", reference=0.5, least=0.2)
    (run.path / "figures/train_on_synthetic.png").write_bytes(to_png(drawing))
    trained = f"{settings.method}, {settings.steps} steps, {settings.seeds} training(s), "
    trained += f"{len(pools[SYNTHETIC].rows)} generated and {len(pools[REAL].rows)} real images; "
    trained += f"{pools[SYNTHETIC].repeats} of the generated ones show a picture that another shows"
    trained += "".join(
        f"; {pool.left_out} {who} images that are held-out ones left out" for who, pool in pools.items() if pool.left_out
    )
    return Finding(
        code="train_on_synthetic",
        severity="warning" if bad else "note",
        expected=f"a classifier of {covariate} ({', '.join(words)}) that learns as much from generated images as from real ones, "
        f"but for {settings.tolerated:g} of AUC",
        got=f"AUC {found[SYNTHETIC].value:.2f} learned from generated, {found[REAL].value:.2f} from real images: "
        f"{with_interval(lost)} lost; {trained}",
        do="Do not train on these images in place of real ones; whether they help beside them is another question."
        if bad
        else "Nothing is shown to be lost. With few held-out images that is no proof: look at the interval.",
        evidence=tuple(found.values()),
        figure="figures/train_on_synthetic.png",
    )


def _alike(drawn: Apart) -> Finding:
    """Say that what was drawn cannot teach."""
    return Finding(
        code="train_on_synthetic",
        severity="warning",
        expected=f"{DIFFERENT} different pictures or more among the generated ones, for every word, and few flat ones",
        got=f"{drawn.pictures} different pictures among {len(drawn.rows)} generated, {drawn.flat} flat; no classifier was trained",
        do="The generator is very young, or has collapsed: train it longer, or look at its log for the step at which it did.",
    )


AUDIT = Audit(
    name="train_on_synthetic",
    question="Do a generator's images teach a classifier what the real ones teach?",
    needs="training",
    cite="Esteban, Hyland & Rätsch 2017, arXiv:1706.02633; Ravuri & Vinyals, NeurIPS 2019, arXiv:1905.10887",
    judge=judge,
    config=TrainOnSyntheticSettings,
)
