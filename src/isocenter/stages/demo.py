"""Demo: a phantom chest X-ray study, from images to report.

In:   a folder, minutes of training.
Out:  study/ (images, cases.csv, study.yaml) and run/ in the folder; the run folder.
"""

from pathlib import Path

from isocenter.stages.phantom import write_phantom
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder

CASES = 80
MINUTES = 1.5


def demo(
    out: Path | str, *, minutes: float = MINUTES, cases: int = CASES, seed: int = 0, progress: Progress | None = None
) -> RunFolder:
    """Draw the study and do the main job on it; the test split is opened, once."""
    out = Path(out)
    study = out / "study" / "study.yaml"
    if not study.exists():
        study = write_phantom("chest_xray", out / "study", n=cases, seed=seed, progress=progress)
    return run(study, out=out / "run", data=study.parent, time_limit=minutes, test=True, progress=progress or Quiet())
