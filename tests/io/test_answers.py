"""Answers become a table that opens as the labels of the next study."""

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.errors import StudyError
from isocenter.core.graph import Graph
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.core.survival import Survival
from isocenter.io.answers import answer_columns, write_cases
from isocenter.io.table import open_cases

GRID = plain_grid((6, 4))
SPOT = np.zeros((6, 4), np.uint8)
SPOT[2, 1] = 1
ANSWERS = {
    "mask": held_mask(SPOT, GRID, ("background", "lung")),
    "points": Points(world=np.array([[1.0, 2.0]]), kind=np.array([0]), score=np.array([0.5]), names=("cell",)),
    "boxes": Points(
        world=np.array([[1.0, 2.0]]), kind=np.array([0]), score=np.array([0.5]), names=("cell",), extent=np.ones((1, 2))
    ),
    "count": Amount(value=7.25, unit="1", low=3.0, high=9.0),
    "proportion": Amount(value=0.3, unit="1"),
    "value": Amount(value=-1234.5, unit="mL"),
    "class": Scores(p=np.array([0.2, 0.8]), names=("a", "b")),
    "ordinal": Scores(p=np.array([0.9, 0.1]), names=("a", "b")),
    "text": "No effusion, no mass.",
    "graph": Graph(nodes=np.eye(2), edges=np.array([[0, 1]]), weight=np.array([2.0])),
    "image": held_image(np.arange(24.0, dtype=np.float32).reshape(1, 6, 4), GRID),
}
CLASSES = {"mask": ("background", "lung"), "points": ("cell",), "boxes": ("cell",), "class": ("a", "b"), "ordinal": ("a", "b")}


def target(kind: str) -> Target:
    unit = "mL" if kind == "value" else "1"
    return Target(name="t", type=kind, columns="truth", classes=CLASSES.get(kind, ()), unit=unit)


def read_back(tmp_path, kind):
    row = {"case": "one", "image": "x.png"} | answer_columns(target(kind), ANSWERS[kind], folder=tmp_path, stem="scan 1/a")
    write_cases([row], tmp_path / "cases.csv")
    asked = target(kind).model_copy(update={"columns": ("predicted_t",)})
    return open_cases(Study(name="next", cases="cases.csv", inputs={"i": "image"}, targets=[asked]), folder=tmp_path)["one"].labels[
        "t"
    ]


@pytest.mark.parametrize("kind", ["count", "proportion", "value"])
def test_amounts_read_back(tmp_path, kind):
    assert read_back(tmp_path, kind).value == pytest.approx(ANSWERS[kind].value)


@pytest.mark.parametrize("kind", ["class", "ordinal"])
def test_the_likeliest_class_reads_back(tmp_path, kind):
    assert read_back(tmp_path, kind).best == ANSWERS[kind].best


@pytest.mark.parametrize("kind", ["points", "boxes"])
def test_places_read_back(tmp_path, kind):
    again = read_back(tmp_path, kind)
    np.testing.assert_array_equal(again.world, ANSWERS[kind].world)
    assert again.score.tolist() == [0.5]
    assert (again.extent is None) == (kind == "points")


def test_masks_images_graphs_and_text_read_back(tmp_path):
    np.testing.assert_array_equal(read_back(tmp_path, "mask").region("lung"), SPOT > 0)
    np.testing.assert_array_equal(read_back(tmp_path, "image").array(), ANSWERS["image"].array())
    assert read_back(tmp_path, "graph").weight.tolist() == [2]
    assert read_back(tmp_path, "text") == ANSWERS["text"]


def test_probabilities_and_intervals_stand_beside_the_answer(tmp_path):
    assert answer_columns(target("class"), ANSWERS["class"], folder=tmp_path, stem="s") == {
        "predicted_t": "b",
        "predicted_t_p_a": "0.2",
        "predicted_t_p_b": "0.8",
    }
    assert answer_columns(target("count"), ANSWERS["count"], folder=tmp_path, stem="s")["predicted_t_high"] == "9"


def test_findings_give_a_column_each_that_reads_back(tmp_path):
    asked = Target(name="f", type="multilabel", columns=("edema", "mass"))
    value = Scores(p=np.array([0.7, np.nan]), names=("edema", "mass"))
    cells = answer_columns(asked, value, folder=tmp_path, stem="s")
    assert cells == {"predicted_f_edema": "1", "predicted_f_mass": "", "predicted_f_p_edema": "0.7", "predicted_f_p_mass": ""}


def test_survival_gives_its_median_and_risk(tmp_path):
    asked = Target(name="os", type="survival", columns=("days", "event"))
    curve = Survival(days=np.array([10.0, 20.0, 30.0]), alive=np.array([0.9, 0.5, 0.25]))
    assert answer_columns(asked, curve, folder=tmp_path, stem="s") == {"predicted_os_days": "20", "predicted_os_risk": "0.75"}


@pytest.mark.parametrize("kind", [*ANSWERS, "survival", "multilabel"])
def test_no_answer_gives_the_same_columns_empty(tmp_path, kind):
    asked = Target(
        name="t", type=kind, columns=("a", "b") if kind in ("survival", "multilabel") else "a", classes=CLASSES.get(kind, ())
    )
    cells = answer_columns(asked, None, folder=tmp_path, stem="s")
    assert cells
    assert not any(cells.values())
    if kind in ANSWERS:
        assert list(cells) == list(answer_columns(asked, ANSWERS[kind], folder=tmp_path, stem="s"))


def test_a_file_written_already_is_only_named(tmp_path):
    cells = answer_columns(target("mask"), ANSWERS["mask"], folder=tmp_path, stem="s", file=tmp_path / "out" / "scan.nii.gz")
    assert cells == {"predicted_t": "out/scan.nii.gz"}
    assert list(tmp_path.iterdir()) == []


def test_every_row_needs_a_key_of_its_own(tmp_path):
    with pytest.raises(StudyError, match="got a"):
        write_cases([{"case": "a"}, {"case": "a"}], tmp_path / "cases.csv")
