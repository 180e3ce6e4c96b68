"""Exchange rates from the arms of two runs: the curves are read from the runs, and nonsense is refused."""

import math
from pathlib import Path

import pytest

from isocenter.core.errors import RunError
from isocenter.core.study import Study, Target
from isocenter.stages import exchange as stage
from isocenter.stages.arms import arms_of
from isocenter.stages.compare import Row
from isocenter.stages.exchange import exchange, learning_curve
from isocenter.stages.planning import EXCHANGE_FIGURE, drawn_exchange
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import Split, write_split

SPOTS = Target(name="spots", type="mask", columns="spots", classes=("nothing", "spot"))
CELLS = Target(name="cells", type="count", columns="cells")


def dice(masks):
    """The error falls by a fifth as the number of masks doubles."""
    return 1 - 0.5 * 0.8 ** math.log2(masks / 5)


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
        worth = {
            arm: asked.split.get("labels.spots", 0) + asked.split.get("labels.cells", 0) / 4
            for arm, asked in arms_of(study).items()
        }
        return [Row(name=arm, quantity="dice", value=dice(n), patients=9, effect=None) for arm, n in worth.items() if n]

    monkeypatch.setattr(stage, "compare", rows)


def test_a_mask_is_worth_the_counts_that_reach_its_error(tmp_path, measured):
    masks = made(tmp_path / "masks", {"labels.spots": (0, 5, 10, 20, 40)})
    counts = made(tmp_path / "counts", {"labels.spots": (0,), "labels.cells": (20, 40, 80, 160)})
    curve = learning_curve(masks)
    assert curve.labels == "spots"
    assert curve.counts == (5, 10, 20, 40)
    assert curve.errors == pytest.approx([0.5, 0.4, 0.32, 0.256])
    found = exchange(masks, counts).found
    assert found.cases == pytest.approx(200**0.5)
    assert found.rate == pytest.approx(4.0, rel=0.05)
    assert found.interval.low <= found.rate <= found.interval.high


def test_labels_learned_beside_the_others_are_not_exchanged(tmp_path, measured):
    masks = made(tmp_path / "masks", {"labels.spots": (2, 5, 10, 20, 40)})
    counts = made(tmp_path / "counts", {"labels.spots": (2,), "labels.cells": (20, 40, 80, 160)})
    made_of = exchange(masks, counts, labels=20.0)
    assert made_of.beside == 2
    # 18 masks more are worth 72 counts.
    assert made_of.found.worth == pytest.approx(72, rel=0.1)
    assert made_of.found.rate == pytest.approx(4.0, rel=0.1)
    assert made_of.sentence.startswith("At 20 labels of spots, 2 of them beside the others, one more is worth")
    with pytest.raises(RunError, match="fewer labels of spots than are exchanged"):
        exchange(masks, made(tmp_path / "many", {"labels.spots": (40,), "labels.cells": (20, 40, 80, 160)}))


def test_the_exchange_is_drawn_into_the_run(tmp_path, measured):
    masks = made(tmp_path / "masks", {"labels.spots": (5, 10, 20, 40)})
    counts = made(tmp_path / "counts", {"labels.spots": (0,), "labels.cells": (20, 40, 80, 160)})
    found = drawn_exchange(tmp_path / "study.yaml", out=tmp_path / "run", first=masks, second=counts)
    assert found.found.rate == pytest.approx(4.0, rel=0.05)
    drawn = (tmp_path / "run" / EXCHANGE_FIGURE).read_text(encoding="utf-8")
    assert "<svg" in drawn


def test_runs_that_cannot_be_exchanged_are_refused(tmp_path, measured):
    masks = made(tmp_path / "masks", {"labels.spots": (5, 10, 20, 40)})
    with pytest.raises(RunError, match="hold out the same cases"):
        exchange(masks, made(tmp_path / "others", {"labels.cells": (20, 40, 80, 160)}, held="d"))
    with pytest.raises(RunError, match=r"one number of one target, got dice of spots and .* of cells"):
        exchange(masks, made(tmp_path / "claim", {"labels.cells": (20, 40, 80, 160)}, targets=(CELLS, SPOTS)))
    with pytest.raises(RunError, match="vary one number of labels"):
        learning_curve(made(tmp_path / "rates", {"learning_rate": (0.1, 0.2)}))
