"""Exchange rates from the arms of two runs: the curves are read from the runs, and nonsense is refused."""

from pathlib import Path

import pytest

from isocenter.core.errors import RunError
from isocenter.core.study import Study, Target
from isocenter.stages import exchange as stage
from isocenter.stages.arms import arms_of
from isocenter.stages.compare import Row
from isocenter.stages.exchange import exchange, learning_curve
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import Split, write_split

SPOTS = Target(name="spots", type="mask", columns="spots", classes=("nothing", "spot"))
CELLS = Target(name="cells", type="count", columns="cells")
DICE = {5: 0.5, 10: 0.6, 20: 0.68, 40: 0.744}  # the error falls by a fifth as n doubles


def made(folder, vary, *, targets=(SPOTS, CELLS), held="c"):
    run = RunFolder(folder).create()
    run.write(Study(name="mixed", cases=Path("cases.csv"), inputs={"x": "x"}, targets=targets, vary=vary))
    write_split(run, Split(case=("a", "b", held), patient=("a", "b", held), part=("learn", "tune", "test"), fold=("", "", "")))
    return folder


@pytest.fixture
def measured(monkeypatch):
    """Stand in for evaluated arms: counts are worth a quarter of masks."""

    def rows(runs):
        study = RunFolder(runs[0]).read(Study)
        name = next(iter(study.vary))
        return [
            Row(name=arm, quantity="dice", value=dice, patients=9, effect=None)
            for (arm, asked) in arms_of(study).items()
            if (dice := DICE.get(int(asked.split[name]) // (4 if name == "labels.cells" else 1))) is not None
        ]

    monkeypatch.setattr(stage, "compare", rows)


def test_a_mask_is_worth_the_counts_that_reach_its_error(tmp_path, measured):
    masks = made(tmp_path / "masks", {"labels.spots": (0, 5, 10, 20, 40)})
    counts = made(tmp_path / "counts", {"labels.cells": (20, 40, 80, 160)})
    curve = learning_curve(masks)
    assert curve.labels == "spots"
    assert curve.counts == (5, 10, 20, 40)
    assert curve.errors == pytest.approx([0.5, 0.4, 0.32, 0.256])
    found = exchange(masks, counts).found
    assert found.cases == pytest.approx(200**0.5)
    assert found.rate == pytest.approx(4.0, rel=0.05)
    assert found.interval.low <= found.rate <= found.interval.high


def test_runs_that_cannot_be_exchanged_are_refused(tmp_path, measured):
    masks = made(tmp_path / "masks", {"labels.spots": (5, 10, 20, 40)})
    with pytest.raises(RunError, match="hold out the same cases"):
        exchange(masks, made(tmp_path / "others", {"labels.cells": (20, 40, 80, 160)}, held="d"))
    with pytest.raises(RunError, match=r"one number of one target, got dice of spots and .* of cells"):
        exchange(masks, made(tmp_path / "claim", {"labels.cells": (20, 40, 80, 160)}, targets=(CELLS, SPOTS)))
    with pytest.raises(RunError, match="vary one number of labels"):
        learning_curve(made(tmp_path / "rates", {"learning_rate": (0.1, 0.2)}))
