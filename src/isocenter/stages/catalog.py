"""Catalog: what is installed, read from the registries.

Out:  rows of name, task, citation, difference and settings.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from isocenter.core.errors import UnknownName
from isocenter.core.method import Card
from isocenter.core.registry import Registry


def catalog(what: str) -> list[dict[str, Any]]:
    """Return the members of one registry. UnknownName, with "did you mean", if there is none such."""
    makers: dict[str, Callable[[], list[dict[str, Any]]]] = {
        "tasks": _tasks,
        "methods": _methods,
        "metrics": _metrics,
        "networks": _networks,
        "losses": lambda: _documented("isocenter.learning.losses", "LOSSES"),
        "encoders": _encoders,
        "poolings": lambda: _documented("isocenter.learning.poolings", "POOLINGS"),
        "fusions": lambda: _documented("isocenter.learning.fusions", "FUSIONS"),
        "conditionings": lambda: _documented("isocenter.learning.conditionings", "CONDITIONINGS"),
        "heads": lambda: _documented("isocenter.learning.heads", "HEADS"),
        "regularizers": lambda: _documented("isocenter.learning.regularizers", "REGULARIZERS"),
        "pretrainings": lambda: _documented("isocenter.learning.pretraining", "PRETRAINERS"),
        "samplers": lambda: _documented("isocenter.learning.sampling", "SAMPLERS"),
        "phantoms": lambda: _documented("isocenter.phantoms", "PHANTOMS"),
        "degradations": lambda: _documented("isocenter.imaging.degradation", "DEGRADATIONS"),
        "audits": lambda: _documented("isocenter.audits.audit", "AUDITS"),
        "attributions": lambda: _documented("isocenter.learning.attributions", "ATTRIBUTIONS"),
        "checks": lambda: _documented("isocenter.stages.examination", "CHECKS"),
        "pipelines": lambda: _documented("isocenter.pipelines.pipeline", "PIPELINES"),
        "layouts": lambda: _documented("isocenter.io.layout", "LAYOUTS"),
    }
    if what not in makers:
        raise UnknownName("list", what, makers)
    return makers[what]()


def _tasks() -> list[dict[str, Any]]:
    from isocenter.methods.registry import TASKS

    tasks = [TASKS.get(name) for name in TASKS.names()]
    return [
        {"name": t.name, "cite": t.question, "default": t.default, "baselines": ", ".join(t.baselines), "primary": t.primary}
        for t in tasks
    ]


def _methods() -> list[dict[str, Any]]:
    from isocenter.methods.registry import TASKS, methods_of

    return [
        {"name": name, "task": task, **_card(methods_of(task).get(name).card)}
        for task in TASKS.names()
        for name in methods_of(task).names()
    ]


def _networks() -> list[dict[str, Any]]:
    from isocenter.learning.networks import NETWORKS

    return _configured(NETWORKS)


def _encoders() -> list[dict[str, Any]]:
    from isocenter.learning.encoders import ENCODERS

    return _configured(ENCODERS)


def _configured(registry: Registry[Any]) -> list[dict[str, Any]]:
    """Return cards with the settings of each member's config."""
    rows = []
    for name in registry.names():
        entry = registry.get(name)
        settings = {f.name: str(f.default) for f in dataclasses.fields(entry.config)}
        rows.append({"name": name, **_card(entry.card), "settings": settings})
    return rows


def _metrics() -> list[dict[str, Any]]:
    from isocenter.metrics.registry import per_case, per_cohort

    return _first_lines(per_case()) + _first_lines(per_cohort())


def _documented(package: str, attribute: str) -> list[dict[str, Any]]:
    import importlib

    return _first_lines(getattr(importlib.import_module(package), attribute))


def _first_lines(registry: Registry[Any]) -> list[dict[str, Any]]:
    """Return names with the first line of each file's docstring."""
    import importlib

    rows = []
    for name in registry.names():
        text = importlib.import_module(f"{registry.package}.{name}").__doc__ or ""
        rows.append({"name": name, "cite": text.strip().split("\n")[0]})
    return rows


def _card(card: Card) -> dict[str, Any]:
    answers: Sequence[str] = sorted(card.answers)
    return {"answers": list(answers), "learned": card.learned, "cite": card.cite, "differs": card.differs}
