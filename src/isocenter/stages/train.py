"""Train: a method is fitted to the learning cases; the baselines beside it.

In:   study, split, plan.
Out:  model/, log.csv, state.pt, and of methods that can go back good.pt; of generators looks/; baseline/<name>/model/.
"""

import math
import shutil
from collections.abc import Sequence

from isocenter.core.case import Cases
from isocenter.core.errors import Diverged, FileError, IsocenterError, PlanError, RunError
from isocenter.core.method import Method, Model
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.learning.weights import NOT_WRITTEN
from isocenter.methods.registry import method_of, methods_of, task_of
from isocenter.stages.fitted import ended_of, fitted
from isocenter.stages.journal import RunJournal, forget
from isocenter.stages.lock import one_writer
from isocenter.stages.plan import free_gigabytes
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.skipping import Skips
from isocenter.stages.split import read_split

MINUTES = 5.0
"""What a baseline nobody named may take, where the model takes less."""


def train(run: RunFolder, *, progress: Progress | None = None) -> None:
    """Fit the study's method where it stopped last, and save the model.

    RunError when the user interrupted; Diverged when the training did and left no model.
    """
    progress = progress or Quiet()
    study, cases = open_run(run)
    plan = run.read(Plan)
    method = method_of(study)
    learn, tune = learning_cases(run, cases)
    reads = run.stamps.hash_of_reads("train")
    if run.stamps.notes("training").get("reads") != reads:
        forget(run)  # the state of another plan, split or table
    run.stamps.remember("training", reads=reads)
    progress.say(
        f"train: {method.card.name} on {len(learn)} cases, {plan.steps} steps" if plan.steps else f"train: {method.card.name}"
    )
    with one_writer(run.path):
        journal = RunJournal(run, steps=plan.steps, minutes=minutes_allowed(run, study, plan), progress=progress)
        try:
            with journal.listening():
                model = fitted(method, study, learn, tune, plan, journal)
        except Diverged as error:
            run.stamps.remember("training", reads=reads, ended=str(error).partition("diverged at ")[2])
            raise
        if journal.interrupted:
            raise RunError(f"stopped as asked; nothing is lost. Go on with the same command, or: isocenter train {run.path}")
        save_model(model, run)
        shutil.rmtree(journal.scratch, ignore_errors=True)
        shutil.rmtree(run.path / "baseline", ignore_errors=True)  # fitted to what has changed
        ended = ended_of(model, plan)
        if ended:
            progress.say(f"  ended at {ended}")
        run.stamps.stamp("train", clock_ended=journal.clock_ended, ended=ended)


def train_baselines(run: RunFolder, *, progress: Progress | None = None) -> None:
    """Fit the baselines, each in baseline/<name>/.

    The floor and those the study names must be there. The others of the task are left out, and that is said, where they do not fit
    the study, or would take longer than five minutes and than the model itself.
    """
    progress = progress or Quiet()
    study, cases = open_run(run)
    learn, tune = learning_cases(run, cases)
    left_out: dict[str, str] = {}
    for name in baselines_of(study):
        inner = run.inner("baseline", name)
        if inner.exists("model"):
            continue
        progress.say(f"train: {name}, {'the' if name == task_of(study).floor else 'a'} baseline")
        must = name in study.baselines or name == task_of(study).floor
        try:
            _fit_baseline(name, run, study, learn, tune, longest=math.inf if must else max(MINUTES, run.read(Plan).minutes))
        except FileError:
            raise  # a full disk is no reason to go without
        except IsocenterError as error:
            if must:
                raise
            shutil.rmtree(inner.path, ignore_errors=True)
            left_out[name] = str(error)
            progress.say(f"  left out: {error}")
    run.stamps.remember("baselines", left_out=left_out)


def _fit_baseline(name: str, run: RunFolder, study: Study, learn: Cases, tune: Cases, *, longest: float) -> None:
    """Fit one baseline. PlanError where it would take more than `longest` minutes."""
    method: Method = methods_of(task_of(study).name).get(name)
    plain = study.model_copy(update={"method": None, "settings": shared_settings(study)})
    fingerprint = run.read_json("fingerprint.json", stage="fingerprint")
    plan = method.plan(plain, fingerprint, minutes=MINUTES, gigabytes=free_gigabytes())
    if plan.minutes > longest:
        raise PlanError(
            f"expected a baseline of at most {longest:.0f} minutes, got {plan.minutes:.0f} for {name} on these images. "
            f"To have it all the same, name it in the study: baselines: [{', '.join([*task_of(study).baselines])}]."
        )
    inner = run.inner("baseline", name).create()
    inner.write(plan)
    journal = RunJournal(inner, steps=plan.steps, minutes=60.0, progress=Quiet())
    save_model(fitted(method, plain, learn, tune, plan, journal), inner)
    shutil.rmtree(journal.scratch, ignore_errors=True)


def minutes_allowed(run: RunFolder, study: Study, plan: Plan) -> float | None:
    """Return the minutes after which a training has run away; None where its steps were asked for and must all be done."""
    asked_for = "steps" in study.settings or run.stamps.notes("plan").get("replayed", False)
    return None if asked_for else max(plan.minutes, 0.5)


def save_model(model: Model, run: RunFolder) -> None:
    """Write model/, whole or not at all. FileError on a full disk; what was trained stands in state.pt."""
    unfinished = run.path / ".model"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        model.save(unfinished)
    except NOT_WRITTEN as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise FileError(
            f"expected to write the model to {run.path / 'model'}, got: {error}. Free some space, then run the same command again; "
            "it goes on where it stopped."
        ) from error
    shutil.rmtree(run.path / "model", ignore_errors=True)
    unfinished.rename(run.path / "model")


def learning_cases(run: RunFolder, cases: Cases) -> tuple[Cases, Cases]:
    """Return the cases to learn from and to tune on. StudyError via the method when there are none."""
    made = read_split(run)
    skips = Skips(run)
    return cases.select(skips.without(made.keys("learn"))), cases.select(skips.without(made.keys("tune")))


def baselines_of(study: Study) -> Sequence[str]:
    """Return the methods that stand beside the study's own: those it names, else its task's."""
    task = task_of(study)
    wanted = study.baselines or task.baselines
    return [name for name in dict.fromkeys(wanted) if name != (study.method or task.default)]


def shared_settings(study: Study) -> dict[str, object]:
    """Return the settings that hold for every method of a study: how the images are read and what is kept."""
    return {n: v for n, v in study.settings.items() if n in ("keep_probability", "side")}
