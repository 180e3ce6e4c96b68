"""The plan of a baseline: few settings, no steps, seconds.

In:   a card, a frozen config with its defaults, the study, the fingerprint.
Out:  Plan, each setting with its reason.
Not:  no timing; a baseline's cost is a bound, not a measurement.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from isocenter.core.errors import SettingError, unknown
from isocenter.core.method import Card
from isocenter.core.plan import Plan, Setting
from isocenter.core.study import Study


def baseline_plan(
    card: Card,
    study: Study,
    fingerprint: Mapping[str, Any],
    config: Any,
    reasons: Mapping[str, str],
    *,
    minutes_a_case: float = 0.001,
    gigabytes: float = 0.1,
) -> Plan:
    """Return a plan whose settings are the fields of `config`.

    config  : a frozen dataclass instance; its values are those the method would choose itself
    reasons : a sentence per field; a field without one is said to be fixed

    The study's settings win over the config's where they name a field. A name that is no field is refused only when the study
    asks for this very method: beside another method, the settings speak of that one.
    """
    names = [f.name for f in dataclasses.fields(config)]
    for name in study.settings:
        if study.method == card.name and name not in names:
            raise SettingError(unknown(f"setting of method {card.name}", name, names))
    settings = []
    for name in names:
        if name in study.settings:
            settings.append(Setting(name=name, value=study.settings[name], reason="set in the study", origin="user"))
        else:
            why = reasons.get(name)
            settings.append(
                Setting(
                    name=name,
                    value=getattr(config, name),
                    reason=why or f"the default of {card.name}",
                    origin="rule" if why else "fixed",
                )
            )
    cases = int(fingerprint.get("cases", 0) or 0)
    warnings: list[str] = []
    if study.method is None:  # so the task's default is this baseline
        warnings.append(
            f"there is no learned method for {card.task} yet: {card.name} is the trivial baseline that one will have to beat"
        )
    plan = Plan(
        method=card.name,
        seed=study.seed,
        steps=0,
        minutes=round(minutes_a_case * max(cases, 1), 3),
        gigabytes=gigabytes,
        sane=True,
        settings=tuple(settings),
        warnings=tuple(warnings),
    )
    plan.config(type(config))  # the study's values are validated now, not after the wait
    return plan
