"""Sphinx settings: MyST Markdown, the furo theme, and a reference generated from what is installed."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from generate_reference import write_reference  # noqa: E402

from isocenter import __version__  # noqa: E402

project = "Isocenter"
author = "The Isocenter developers"
copyright = "The Isocenter developers, Apache-2.0"
release = __version__

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist", "colon_fence", "dollarmath", "smartquotes"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
suppress_warnings = ["toc.empty_glob"]  # a kind of page nobody has written yet

html_theme = "furo"
html_title = "Isocenter"
html_theme_options = {"sidebar_hide_name": False}


def setup(app):
    """Write docs/reference/generated before the pages are read."""
    app.connect("builder-inited", lambda _app: write_reference(HERE / "reference" / "generated"))
