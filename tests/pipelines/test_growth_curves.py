"""From a table of counts to doubling times: the truth comes back, and what is wrong with a plate is said."""

import csv
import math
import sys
from pathlib import Path

import pandas as pd
import pytest

from isocenter.cli import main as program
from isocenter.core.errors import FileError, SettingError, StudyError, UnknownName
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.plates import count_table
from isocenter.pipelines.pipeline import measure

PLATES = PHANTOMS.get("plates")


def plate(**options) -> pd.DataFrame:
    table = pd.DataFrame(count_table(PLATES, times=8, seed=7, **{"disease": True, "doubling_h": 24.0, **options}))
    return table.drop(columns=["doubling_h"])


def written(frame: pd.DataFrame, folder: Path, name: str = "counts.csv") -> Path:
    folder.mkdir(exist_ok=True)
    frame.to_csv(folder / name, index=False)
    return folder / name


def rows_of(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plate")
    return folder, measure("growth_curves", written(plate(), folder), out=folder / "out", settings={"edge": "leave_out"})


def test_the_doubling_time_of_the_control_comes_back(made):
    control = made[1].measurements[0]
    assert control.unit == "h"
    assert control.value == pytest.approx(24, rel=0.08)
    assert control.ci95[0] < control.value < control.ci95[1]


def test_doses_are_compared_with_the_control(made):
    table = rows_of(made[0] / "out" / "growth.csv")
    assert [row["dose"] for row in table] == ["0", "0.3", "1", "3", "10"]
    assert table[0]["dunnett_p"] == ""
    assert float(table[-1]["dunnett_p"]) < 0.001
    assert float(table[-1]["difference_high_per_h"]) < 0
    assert {row["wells"] for row in table} == {"12"}


def test_every_count_is_exported(made):
    exported = rows_of(made[0] / "out" / "counts.csv")
    frame = plate()
    assert len(exported) == len(frame)
    assert sum(float(row["count"]) for row in exported) == frame["count"].sum()


def test_the_page_is_one_file_that_loads_nothing(made):
    text = (made[0] / "out" / "report.html").read_text(encoding="utf-8")
    assert "Doubling time (h)" in text
    assert text.count("data:image/svg") == 3
    assert "http://" not in text.replace("http://www.w3.org", "")


def test_a_plateau_is_fitted_and_one_not_seen_is_refused(tmp_path):
    table = written(plate(growth="logistic"), tmp_path)
    found = measure("growth_curves", table, out=tmp_path / "out", settings={"edge": "leave_out"})
    rows = rows_of(tmp_path / "out" / "growth.csv")
    assert rows[0]["growth"] == "logistic"
    assert float(rows[0]["doubling_h"]) == pytest.approx(24, rel=0.12)
    assert "no plateau is seen" in rows[-1]["refused"]
    assert rows[-1]["doubling_h"] == ""
    assert any(f.code == "no_curve" and "capacity=control" in f.do for f in found.findings)
    asked = measure("growth_curves", table, out=tmp_path / "asked", settings={"growth": "logistic", "edge": "leave_out"})
    assert math.isnan(asked.measurements[-1].value)
    shared = {"edge": "leave_out", "capacity": "control"}
    assert math.isfinite(measure("growth_curves", table, out=tmp_path / "s", settings=shared).measurements[-1].value)


def test_slow_wells_at_the_edge_are_told(tmp_path):
    frame = plate()
    late = frame["edge"] * 0.25 * frame["hours"] / 60
    frame["count"] = (frame["count"] * 2**-late).round()
    found = measure("growth_curves", written(frame, tmp_path), out=tmp_path / "out").findings
    assert any(f.code == "edge_effect" and "slower" in f.got for f in found)


def test_a_map_is_joined_by_case_to_what_predict_wrote(tmp_path):
    frame = plate().query("well <= 'B12'")
    frame.insert(0, "case", [f"c{i}" for i in range(len(frame))])
    answers = frame[["case", "count"]].rename(columns={"count": "predicted_count"})
    files = written(answers, tmp_path, "cases.csv"), written(frame.drop(columns="count"), tmp_path, "map.csv")
    made = measure("growth_curves", *files, out=tmp_path / "out", settings={"count": "predicted_count"})
    plain = measure("growth_curves", written(frame, tmp_path), out=tmp_path / "plain")
    assert [m.value for m in made.measurements] == [m.value for m in plain.measurements]


def test_a_file_of_dots_is_counted(tmp_path):
    for hour, number in ((0, 2), (24, 4), (48, 8)):
        points = "x,y\n" + "".join(f"{i},1\n" for i in range(number))
        (tmp_path / f"d{hour}.csv").write_text(points, encoding="utf-8")
    rows = pd.DataFrame({"well": ["A01"] * 3, "hours": [0, 24, 48], "predicted_dots": ["d0.csv", "d24.csv", "d48.csv"]})
    made = measure("growth_curves", written(rows, tmp_path), out=tmp_path / "out", settings={"count": "predicted_dots"})
    assert made.measurements[0].value == pytest.approx(24, rel=1e-3)
    assert made.measurements[0].ci95 is None  # one well supports no interval


def test_a_missing_well_is_a_finding(tmp_path):
    frame = plate().query("well != 'C05'")
    found = measure("growth_curves", written(frame, tmp_path), out=tmp_path / "out").findings
    lost = next(f for f in found if f.code == "missing_well")
    assert lost.cases == ("C05",)


def test_a_well_of_the_map_without_counts_is_a_finding(tmp_path):
    frame = plate().query("well < 'C01'")
    plate_map = frame[["well", "dose_um"]].drop_duplicates()
    counts = frame[frame["well"] != "B07"][["well", "hours", "count"]]
    files = written(counts, tmp_path), written(plate_map, tmp_path, "map.csv")
    found = measure("growth_curves", *files, out=tmp_path / "out").findings
    assert any(f.code == "missing_well" and "B07" in f.cases for f in found)


def test_times_out_of_order_are_a_finding_and_change_nothing(tmp_path):
    frame = plate().query("well <= 'B12'")
    mixed = frame.iloc[::-1]
    plain = measure("growth_curves", written(frame, tmp_path), out=tmp_path / "a")
    turned = measure("growth_curves", written(mixed, tmp_path, "mixed.csv"), out=tmp_path / "b")
    assert any(f.code == "unordered_times" for f in turned.findings)
    assert not any(f.code == "unordered_times" for f in plain.findings)
    assert [m.value for m in plain.measurements] == pytest.approx([m.value for m in turned.measurements])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"well": "A1X"}, "expected a well"),
        ({"count": "many"}, "a file of points"),
        ({"count": -1}, "0 or more"),
        ({"hours": "noon"}, "expected a number"),
        ({"hours": 0.0}, "one count a well and time"),
        ({"dose_um": "-6"}, r"line 3, column 'dose_um': expected a dose of 0 or more, got -6. Write amounts, not their logarithms"),
    ],
)
def test_a_bad_cell_is_refused_with_its_line(tmp_path, change, message):
    frame = plate().head(8).astype(object)
    for column, value in change.items():
        frame.loc[frame.index[1], column] = value
    with pytest.raises(StudyError, match=message):
        measure("growth_curves", written(frame, tmp_path), out=tmp_path / "out")


def test_a_column_that_is_not_there_is_refused_with_what_there_is(tmp_path):
    table = written(plate().head(8).rename(columns={"hours": "hour"}), tmp_path)
    with pytest.raises(StudyError, match="Did you mean hour"):
        measure("growth_curves", table, out=tmp_path / "out")


def test_wrong_uses_are_refused(tmp_path):
    table = written(plate().head(8), tmp_path)
    with pytest.raises(UnknownName, match="growth_curves"):
        measure("growth_curve", table, out=tmp_path / "o")
    with pytest.raises(StudyError, match="plate map"):
        measure("growth_curves", out=tmp_path / "o")
    with pytest.raises(FileError, match="got none"):
        measure("growth_curves", tmp_path / "no.csv", out=tmp_path / "o")
    with pytest.raises(SettingError, match="time_unit"):
        measure("growth_curves", table, out=tmp_path / "o", settings={"time_unit": "weeks"})


def test_the_command_prints_times_and_ends_with_1_when_something_is_found(tmp_path, monkeypatch, capsys):
    table = written(plate().query("well != 'C05'"), tmp_path)
    monkeypatch.setattr(sys, "argv", ["isocenter", "measure", "growth_curves", str(table), "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == 1
    assert "doubling_time" in capsys.readouterr().out
