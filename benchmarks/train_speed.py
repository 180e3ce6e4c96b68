"""Training steps a second: ours beside nnU-Net's own, on the network nnU-Net plans for hippocampus_msd, augmentation included.

    ISOCENTER_DATA=… python benchmarks/train_speed.py [--peer PYTHON] [--steps 8]

--peer is a Python with nnunetv2 (default: this one, with the extra `bench`). Both run in the same call, one after the other.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

from isocenter.core.study import Study
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases
from isocenter.learning.preparation import prepare_all
from isocenter.methods._patches.learner import build_learner, build_network
from isocenter.methods.segmentation._unet_config import UNetSettings
from provenance import add_rows, provenance

EXAMPLE = Path(__file__).parents[1] / "examples" / "hippocampus_msd"
WIDTHS = (32, 64, 128, 256)
STRIDES = ((1, 1, 1), (2, 2, 2), (2, 2, 2), (2, 2, 2))


def ours(data: Path, *, patch: tuple[int, ...], batch: int, steps: int, **variant: object) -> float:
    """Mean seconds of a step, as the peer's."""
    study: Study = read_study(EXAMPLE / "study.yaml", data=data)
    cases = open_cases(study, folder=EXAMPLE, data=data)
    settings = UNetSettings(
        patch=patch, batch=batch, widths=WIDTHS, strides=STRIDES, deep_supervision=True, mirror_axes=(0, 1, 2), **variant
    )
    few = cases.select(list(cases.keys)[:40])
    prepared = prepare_all(few, settings.preparation(tuple(study.inputs)), target=study.targets[0], scratch=None)
    learner = build_learner(settings, build=partial(build_network, settings, outputs=3), cases=prepared, steps=1000, seed=0)
    times = []
    for step in range(steps + 2):
        started = time.perf_counter()
        learner.step(step)
        times.append(time.perf_counter() - started)
    return float(np.mean(times[2:]))


def peers_step(python: str, script: Path, data: Path, scratch: Path, steps: int) -> dict[str, object]:
    """Let nnU-Net time itself. Its loaders outlive it and hold its pipes, so it writes to a file and its whole group is ended."""
    with tempfile.TemporaryFile("w+") as said:
        command = [python, str(script), str(data), str(scratch), str(steps)]
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, start_new_session=True)
        process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        said.seek(0)
        lines = [line for line in said.read().splitlines() if line.startswith('{"seconds"')]
    if not lines:
        raise SystemExit("expected nnU-Net's seconds, got none. Is nnunetv2 installed for --peer?")
    return dict(json.loads(lines[-1]))


def main() -> None:
    """Time the peer, then ours in three variants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", default=sys.executable)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()) / "nnunet_steps")
    asked = parser.parse_args()
    data = Path(os.environ["ISOCENTER_DATA"])
    script = Path(__file__).with_name("nnunet_steps.py")
    peer = peers_step(asked.peer, script, data, asked.scratch, asked.steps)
    shape = {"patch": tuple(peer["patch"]), "batch": int(peer["batch"]), "steps": asked.steps}
    rows = [("nnU-Net", peer["seconds"])]
    rows.append(("ours, float32", ours(data, **shape, precision="float32", channels_last=False)))
    rows.append(("ours, bfloat16", ours(data, **shape, precision="bfloat16")))
    rows.append(("ours, bfloat16, compiled", ours(data, **shape, precision="bfloat16", compiled=True)))
    where = provenance(seed=0)
    made = [
        {
            "what": f"{name}; patch {'x'.join(map(str, shape['patch']))}, batch {shape['batch']}",
            "seconds_a_step": f"{seconds:.3f}",
            "times_nnunet": f"{peer['seconds'] / seconds:.2f}",
            **where,
        }
        for name, seconds in rows
    ]
    for row in made:
        print(f"{row['what']:<60}{row['seconds_a_step']} s a step   {row['times_nnunet']} times nnU-Net")
    add_rows("train_speed", made, key=("what",))


if __name__ == "__main__":
    main()
