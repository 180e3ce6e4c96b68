"""Fitting a method to learning cases, and what to try where its training diverged.

In:   a method, its plan, cases, a journal.
Out:  a model; sentences that name only settings the method has.
"""

from isocenter.core.case import Cases
from isocenter.core.errors import Diverged
from isocenter.core.journal import Journal
from isocenter.core.method import Method, Model
from isocenter.core.plan import Plan
from isocenter.core.study import Study


def fitted(method: Method, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> Model:
    """Return the model. Diverged, with what to try, where the training left none."""
    try:
        return method.fit(study, learn, tune, plan, journal)
    except Diverged as error:
        raise Diverged(f"{method.card.name}: the training diverged at {error}{remedies(plan)}") from error


def ended_of(model: Model, plan: Plan) -> str:
    """Return where and why a model's training ended before its last step, and what to try; "" = it did not."""
    ended = str(getattr(model, "ended", ""))
    return ended + remedies(plan) if ended else ""


def remedies(plan: Plan) -> str:
    """Return a sentence of settings that keep a training steady and that the plan has, to stand after another; "" = it has none."""
    values = {setting.name: setting.value for setting in plan.settings}
    tries = []
    if isinstance(rate := values.get("learning_rate"), int | float):
        tries.append(f"a lower learning rate (it was {rate:g}): --set learning_rate={rate / 4:.2g}")
    if values.get("precision", "float32") != "float32":
        tries.append("whole precision: --set precision=float32")
    if values.get("adversary") == "non_saturating":
        tries.append("a critic that says how far off images are: --set adversary=wasserstein")
    return f" Try {'; or '.join(tries)}." if tries else ""
