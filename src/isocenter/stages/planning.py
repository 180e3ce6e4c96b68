"""The stages up to the plan, for those who only want to see it."""

from isocenter.core.plan import Plan
from isocenter.stages.fingerprint import fingerprint
from isocenter.stages.plan import plan
from isocenter.stages.progress import Progress
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import split


def planned(folder: RunFolder, *, minutes: float | None, preset: str, progress: Progress) -> Plan:
    """Split and fingerprint where that is stale, then plan anew."""
    if not folder.fresh("split"):
        split(folder)
    if not folder.fresh("fingerprint"):
        fingerprint(folder, progress=progress)
    return plan(folder, minutes=minutes, preset=preset, progress=progress)
