"""Notebooks: our nouns draw themselves in Jupyter.

In:   a running IPython. Out: formatters for its text/html, by the types' names, so that nothing is imported until one is shown.
Not:  no drawing (rich.py).
"""

import importlib
import sys
from collections.abc import Callable

_DRAWN = {
    "isocenter.core.image.Image": "html_of_image",
    "isocenter.core.mask.Mask": "html_of_mask",
    "isocenter.core.case.Case": "html_of_case",
    "isocenter.core.measurement.Measurement": "html_of_measurement",
    "isocenter.core.estimate.Estimate": "html_of_estimate",
    "isocenter.core.finding.Finding": "html_of_finding",
    "isocenter.stages.run_folder.RunFolder": "html_of_run",
}
"""Type -> function of rich.py."""


def register() -> bool:
    """Tell a running IPython how to draw our nouns; False, and nothing done, where there is none."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or getattr(shell, "display_formatter", None) is None:
        return False
    formatter = shell.display_formatter.formatters["text/html"]
    for path, function in _DRAWN.items():
        module, _, name = path.rpartition(".")
        formatter.for_type_by_name(module, name, _deferred(function))
    return True


def _deferred(function: str) -> Callable[[object], str]:
    """Import the drawing code, and with it matplotlib, when the first noun is shown."""

    def show(noun: object) -> str:
        drawn: str = getattr(importlib.import_module("isocenter.figures.rich"), function)(noun)
        return drawn

    return show
