"""Isocenter: label table in, audited model and a report with honest intervals out.

    import isocenter as iso
    run = iso.run("study.yaml", out="runs/first")

Names load when they are first used, so that importing the package costs nothing.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isocenter.audits.audit import audit
    from isocenter.core.errors import IsocenterError
    from isocenter.io.images import open_image
    from isocenter.io.masks import open_mask
    from isocenter.io.study_file import read_study
    from isocenter.io.table import open_cases
    from isocenter.io.write import write_image, write_mask
    from isocenter.pipelines.pipeline import measure
    from isocenter.stages.check import check
    from isocenter.stages.compare import compare
    from isocenter.stages.evaluate import evaluate
    from isocenter.stages.exchange import exchange
    from isocenter.stages.predict import predict
    from isocenter.stages.report import report
    from isocenter.stages.run import run
    from isocenter.stages.run_folder import RunFolder
    from isocenter.stages.tune import tune

__version__ = "0.1.0"

# torch's threads wait for each other by spinning; beside any other work on the machine they then take the processor from the very
# thread they wait for, and a training step takes four times as long. Sleeping costs a few per cent on an idle machine. The setting
# is read once, when torch loads, so it has to be made before; the user's own stands.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_PLACES = {
    "IsocenterError": "isocenter.core.errors",
    "RunFolder": "isocenter.stages.run_folder",
    "audit": "isocenter.audits.audit",
    "check": "isocenter.stages.check",
    "compare": "isocenter.stages.compare",
    "evaluate": "isocenter.stages.evaluate",
    "exchange": "isocenter.stages.exchange",
    "measure": "isocenter.pipelines.pipeline",
    "open_cases": "isocenter.io.table",
    "open_image": "isocenter.io.images",
    "open_mask": "isocenter.io.masks",
    "predict": "isocenter.stages.predict",
    "read_study": "isocenter.io.study_file",
    "report": "isocenter.stages.report",
    "run": "isocenter.stages.run",
    "tune": "isocenter.stages.tune",
    "write_image": "isocenter.io.write",
    "write_mask": "isocenter.io.write",
}

__all__ = [
    "IsocenterError",
    "RunFolder",
    "audit",
    "check",
    "compare",
    "evaluate",
    "exchange",
    "measure",
    "open_cases",
    "open_image",
    "open_mask",
    "predict",
    "read_study",
    "report",
    "run",
    "tune",
    "write_image",
    "write_mask",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _PLACES:
        raise AttributeError(f"module 'isocenter' has no attribute {name!r}. Public names: {', '.join(__all__)}")
    return getattr(importlib.import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return __all__


def _draw_in_notebooks() -> None:
    """Inside IPython, let images, masks, cases, runs and measurements draw themselves."""
    import sys

    if "IPython" in sys.modules:
        importlib.import_module("isocenter.figures.notebook").register()


_draw_in_notebooks()
