"""Answer: a run's model, and its baselines, answer the cases they did not learn from.

In:   model/, split.csv.
Out:  predictions.jsonl (a line a case, appended and flushed) and the arrays beside it.
Not:  no truth is read here, so answering the test part does not open it (stages/evaluate.py does).
"""

import shutil
from collections.abc import Sequence

from isocenter.core.errors import RunError
from isocenter.core.method import Model
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.io.table import TableCases
from isocenter.methods.registry import methods_of, task_of
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.skipping import Skips
from isocenter.stages.split import Part, Split, read_split
from isocenter.stages.train import baselines_of


def answer(run: RunFolder, *, progress: Progress | None = None) -> None:
    """Answer every held-out case of a run; where nothing is held out, the learning cases themselves."""
    progress = progress or Quiet()
    study, cases = open_run(run)
    parts = answered_parts(read_split(run))
    keys = Skips(run).without(read_split(run).keys(*parts))
    left_out = run.stamps.notes("baselines").get("left_out", {})
    baselines = [run.inner("baseline", name) for name in baselines_of(study) if name not in left_out]
    reads = run.stamps.hash_of_reads("predict")
    if run.stamps.notes("predicting").get("reads") != reads:  # else what a killed run has answered stands
        for place in (run, *run.inners("baseline")):
            (place.path / "predictions.jsonl").unlink(missing_ok=True)
    run.stamps.remember("predicting", reads=reads)
    for place, label in ((run, "predict"), *((b, b.path.name) for b in baselines)):
        _answer_with(place, study, cases, keys, progress=progress, label=label)
    run.stamps.stamp("predict", cases=len(keys))


def answered_parts(made: Split) -> tuple[Part, ...]:
    """Return the parts a run answers: those held out; the learning part when there is no other."""
    held: tuple[Part, ...] = ("tune", "test")
    return held if made.keys(*held) else ("learn",)


def load_model(run: RunFolder, study: Study) -> Model:
    """Return a run's fitted model. RunError when it was not trained yet."""
    if run.inners("fold") or run.inners("arm"):
        raise RunError(f"{run.path} holds several models; name one of them: {run.path}/fold/0, or {run.path}/arm/…")
    if not run.exists("model"):
        run.read_text("model/model.json", stage="train")
    plan = run.read(Plan)
    return methods_of(task_of(study).name).get(plan.method).load(run.path / "model")


def _answer_with(place: RunFolder, study: Study, cases: TableCases, keys: Sequence[str], *, progress: Progress, label: str) -> None:
    done = {p.case for p in place.predictions()}
    left = [k for k in keys if k not in done]
    if not left:
        return
    model = load_model(place, study)
    scratch = place.path / "scratch"
    scratch.mkdir(exist_ok=True)
    stream = model.predict(cases.select(left), scratch=scratch)
    for prediction in progress.track(stream, total=len(left), label=label):
        place.append(prediction)
    shutil.rmtree(scratch, ignore_errors=True)
