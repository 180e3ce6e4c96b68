"""Images whose truth is known by construction: anatomy drawn, physics applied, all truth exported.

Every file of this folder is one phantom, named after it, and ends in `PHANTOM`; support lives in `phantom.py` (the record),
`cohort.py` (tables of cases), `options.py`, `raters.py` and in subfolders. `PHANTOMS.names()` lists them without importing any.
"""

from isocenter.core.registry import Registry
from isocenter.phantoms.phantom import Phantom

PHANTOMS: Registry[Phantom] = Registry("phantom", "isocenter.phantoms", "PHANTOM", skip=("phantom", "cohort", "options", "raters"))
