"""What `predict` writes of places: where they are as a file, and how many as numbers, though the study asks for no count."""

import csv

import numpy as np
import pytest

from isocenter.core.points import Points
from isocenter.core.study import Target
from isocenter.methods._places import count_given, counts_beside
from isocenter.stages.predict import predict
from isocenter.stages.run import run

from .dotted_study import write_dotted

KINDS = "[small, large]"


def table(tmp_path, method, *, kinds="[cell]", target="", more=""):
    study = write_dotted(tmp_path / "study", kinds=kinds, target=target, more=f"method: {method}\nbaselines: [mean_count]\n{more}")
    run(study, out=tmp_path / "run")
    (tmp_path / "study" / "new.csv").write_text("case,patient,image\nn2,n2,image_2.png\nn5,n5,image_5.png\n")  # 4 and 7 discs
    out = predict(tmp_path / "run", tmp_path / "study" / "new.csv", out=tmp_path / "out", data=tmp_path / "study")
    with out.open(encoding="utf-8") as file:
        return {row["case"]: row for row in csv.DictReader(file)}


def test_the_number_of_points_is_a_column(tmp_path):
    rows = table(tmp_path, "watershed")
    assert {case: row["predicted_cells_count"] for case, row in rows.items()} == {"n2": "4", "n5": "7"}
    assert all(row["predicted_cells"].endswith(".csv") for row in rows.values())
    assert not [name for name in rows["n2"] if name.startswith("predicted_cells_count_")]  # one kind: the whole says it all


def test_a_method_that_counts_without_points_says_its_own_number_and_each_kinds(tmp_path):
    for row in table(tmp_path, "area_count", kinds=KINDS).values():
        whole = float(row["predicted_cells_count"])
        assert whole > 2
        parts = [float(row[f"predicted_cells_count_{kind}"]) for kind in ("small", "large")]
        assert sum(parts) == pytest.approx(whole, abs=1e-5)


def test_points_of_a_method_that_does_not_count_are_counted(tmp_path):
    for row in table(tmp_path, "blob_filter").values():
        found = [r for r in csv.DictReader((tmp_path / "out" / row["predicted_cells"]).open()) if float(r["score"]) >= 0.5]
        assert row["predicted_cells_count"] == str(len(found))


@pytest.mark.slow
def test_a_density_says_the_calibrated_sum_of_its_map(tmp_path):
    number = "  - {name: number, type: count, columns: dots, use: score}\nsettings: {steps: 2}\n"
    study = write_dotted(tmp_path / "study", more=f"{number}method: density\nbaselines: [mean_count]\n")
    run(study, out=tmp_path / "run")
    out = predict(tmp_path / "run", tmp_path / "study" / "image_2.png", out=tmp_path / "out")
    (row,) = csv.DictReader(out.open(encoding="utf-8"))
    assert float(row["predicted_cells_count"]) == pytest.approx(float(row["predicted_number"]), abs=1e-5)


def test_only_answers_of_half_a_score_or_of_none_count():
    target = Target(name="cells", type="points", columns="dots", classes=("red", "white"))
    score = np.array([0.49, 0.5, np.nan, 0.9])
    points = Points(world=np.zeros((4, 2)), kind=np.array([0, 0, 1, 1]), score=score, names=("red", "white"))
    numbers = {count.name: count_given(points, count).value for count in counts_beside(target)}
    assert numbers == {"cells_count": 3.0, "cells_count_red": 1.0, "cells_count_white": 2.0}
    none = Points(world=np.zeros((0, 2)), kind=np.zeros(0, np.intp), score=np.zeros(0), names=("red", "white"))
    assert [count_given(none, count).value for count in counts_beside(target)] == [0.0, 0.0, 0.0]
