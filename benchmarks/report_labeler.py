"""Findings from report text: rules beside n-grams, a recurrent network and the prevalences; and how well denial and doubt are told.

    ISOCENTER_DATA=… python benchmarks/report_labeler.py [--minutes 10] [--runs DIR] [--short]
    ISOCENTER_DATA=… python benchmarks/report_labeler.py --learned report_recurrent

The run of examples/reports_indiana is resumable and opens its internal test. --learned fits one learned labeler to the learning
part and to 27 % of it, the share of PadChest that was labeled by hand; it takes a training up where it stopped, and is an opening
too. report_sentences.csv holds what was read in 382 mentions of the learning part (no sentence, but a hash of its words); a third
of them was used to mend the cues, the rest is measured. --short measures the tuning part and the sentences and opens nothing.
"""

import argparse
import csv
import hashlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from isocenter.core.case import Cases
from isocenter.core.estimate import Estimate
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.methods._reports.cues import read_cues
from isocenter.methods._reports.mentions import mentions_in
from isocenter.methods._reports.sentences import sentences_of
from isocenter.methods._reports.vocabulary import read_vocabulary
from isocenter.methods.registry import methods_of
from isocenter.metrics.estimates.cohort import estimate_cohort
from isocenter.metrics.per_cohort.f1_micro import METRIC as MICRO
from isocenter.stages.evaluate import evaluate
from isocenter.stages.journal import RunJournal
from isocenter.stages.ledger import record_opening
from isocenter.stages.progress import Terminal
from isocenter.stages.report import report
from isocenter.stages.run import run
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import Part, read_split
from provenance import add_rows, provenance

HERE = Path(__file__).parent
STUDY = HERE.parent / "examples" / "reports_indiana" / "study.yaml"
SENTENCES = HERE / "report_sentences.csv"
HAND_LABELED = 0.27
KEY = ("what", "part", "who", "name", "group")
STATUSES = ("affirmed", "negated", "uncertain")


def of_the_run(minutes: float, folder: Path, *, test: bool) -> list[dict[str, object]]:
    """Run the study, open its test part unless --short, and return its rows."""
    made = run(STUDY, out=folder, time_limit=minutes, progress=Terminal())
    if test and not made.openings():
        evaluate(made, test=True, progress=Terminal())
        report(made)
    return [row_of(e, what="labelers") for e in made.estimates() if e.name.startswith(("f1", "multilabel_auc"))]


def row_of(e: Estimate, *, what: str, who: str = "", **more: object) -> dict[str, object]:
    """Return one estimate as a row."""
    return {
        "what": what,
        "part": e.part,
        "who": who or e.who,
        "name": e.name,
        "group": e.group,
        "value": f"{e.value:.4f}",
        "low": f"{e.ci95[0]:.4f}",
        "high": f"{e.ci95[1]:.4f}",
        "interval": e.interval,
        "cases": e.cases,
        **more,
    }


def of_shares(made: RunFolder, name: str, *, part: Part, minutes: float) -> list[dict[str, object]]:
    """Fit a learned labeler to the learning part and to the share of it, and return its micro F1 on a part."""
    study, cases = open_run(made)
    split = read_split(made)
    learn = list(split.keys("learn"))
    shuffled = np.random.default_rng(study.seed).permutation(learn)
    method = methods_of("multilabel").get(name)
    plain = study.model_copy(update={"method": name, "settings": {}})
    if part == "test":
        record_opening(made, metric="f1_micro")
    rows = []
    for share in (1.0, HAND_LABELED):
        chosen = shuffled[: round(share * len(learn))].tolist()
        inner = RunFolder(made.path.parent / f"{name}_{len(chosen)}").create()
        if not inner.exists("plan.json"):
            inner.write(method.plan(plain, {"cases": len(chosen)}, minutes=minutes, gigabytes=4.0))
        plan = inner.read(Plan)
        journal = RunJournal(inner, steps=plan.steps, minutes=600.0, progress=Terminal())
        model = method.fit(plain, cases.select(chosen), cases.select(split.keys("tune")), plan, journal)
        answers = {p.case: p for p in model.predict(cases.select(split.keys(part)), scratch=inner.path)}
        estimate = micro(study, cases, answers, split.keys(part), part=part)
        rows.append(row_of(estimate, what="learned", who=f"{name} of {len(chosen)}", learned_from=len(chosen), steps=plan.steps))
    return rows


def micro(study: Study, cases: Cases, answers: dict, keys: Sequence[str], *, part: str) -> Estimate:
    """Return micro F1 of answers, with the bootstrap over reports."""
    kept = [key for key in keys if key in answers and answers[key].refused is None]
    target = study.targets[0].name
    truths = [cases[key].labels[target] for key in kept]
    given = [answers[key].answers[target] for key in kept]
    return estimate_cohort(MICRO, truths, given, kept, rng=np.random.default_rng(study.seed), part=part, target=target)


def of_sentences(data: Path, *, draws: int = 2000) -> list[dict[str, object]]:
    """Return F1 of each status on the hand-read mentions; the interval resamples reports."""
    records = {}
    for line in (data / "reports_indiana/reports.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        records[record["uid"]] = record
    vocabulary, cues = read_vocabulary(), read_cues()
    said: dict[str, list[tuple[str, str, str]]] = {"develop": [], "measure": []}
    with SENTENCES.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sentences = list(sentences_of({row["section"]: records[row["uid"]][row["section"]]}))
            sentence = sentences[int(row["sentence"])]
            if hashlib.sha256(sentence.words.encode()).hexdigest()[:16] != row["words_sha256"]:
                raise SystemExit(
                    f"report {row['uid']}: sentence {row['sentence']} of {row['section']} is not the one that was read."
                )
            found = {m.status for m in mentions_in(sentence, vocabulary, cues) if m.finding == row["finding"]}
            answer = next((s for s in ("affirmed", "uncertain", "negated") if s in found), "not found")
            said[row["use"]].append((row["uid"], row["status"], answer))
    rows = []
    for use, mentions in said.items():
        reports = sorted({uid for uid, *_ in mentions})
        rng = np.random.default_rng(0)
        drawn = [Counter(rng.choice(reports, len(reports)).tolist()) for _ in range(draws)]
        for status in STATUSES:
            resampled = [f1_of(mentions, status, times) for times in drawn]
            low, high = np.nanpercentile(resampled, [2.5, 97.5])
            rows.append(
                {
                    "what": "sentences",
                    "part": use,
                    "who": "report_rules",
                    "name": f"f1_{status}",
                    "group": "all",
                    "value": f"{f1_of(mentions, status, None):.4f}",
                    "low": f"{low:.4f}",
                    "high": f"{high:.4f}",
                    "interval": "percentile bootstrap over reports",
                    "cases": len(mentions),
                }
            )
    return rows


def f1_of(mentions: Sequence[tuple[str, str, str]], status: str, times: Counter | None) -> float:
    """Return F1 of one status against the rest; `times`: how often each report was drawn."""
    hit = wrong = 0
    for uid, truth, answer in mentions:
        weight = 1 if times is None else times[uid]
        hit += weight * (truth == answer == status)
        wrong += weight * ((truth == status) != (answer == status))
    return 2 * hit / (2 * hit + wrong) if hit + wrong else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--learned", choices=["report_ngrams", "report_recurrent"], help="fit this one alone")
    options = parser.parse_args()
    where = provenance(seed=0)
    folder = options.runs / "reports_indiana"
    if options.learned:
        rows = of_shares(RunFolder(folder), options.learned, part="tune" if options.short else "test", minutes=options.minutes)
    else:
        rows = of_sentences(Path(os.environ["ISOCENTER_DATA"])) + of_the_run(options.minutes, folder, test=not options.short)
    path = add_rows("report_labeler", [row | where for row in rows], key=KEY)
    print(f"{'what':<20}{'part':<9}{'who':<28}{'name':<16}{'group':<34}value")
    for row in rows:
        print(
            f"{row['what']:<20}{row['part']:<9}{row['who']:<28}{row['name']:<16}{row['group']:<34}{row['value']} "
            f"[{row['low']}, {row['high']}]"
        )
    print(path)


if __name__ == "__main__":
    main()
