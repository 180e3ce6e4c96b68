"""The table opens no file until a key is read; what is empty is absent; what is wrong names its line."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from isocenter.core.errors import FileError, IsocenterError, StudyError, UnknownName
from isocenter.core.study import Study
from isocenter.io.table import TableCases, open_cases

TABLE = """\
case,patient,image,label,grade,edema,effusion,days,event,low,high,n,age,site,report
a,p1,a.png,a_mask.png,mild,1,0,120,1,10,20,7,63,north,No effusion.
b,p1,b.png,,2,,1,300,0,,30,0,,south,
c,p2,,c_mask.png,,,,,,,,,71,north,"Nodule, left"
"""
TARGETS = [
    {"name": "tissue", "type": "mask", "columns": "label", "classes": ["background", "lung"]},
    {"name": "grade", "type": "ordinal", "columns": "grade", "classes": ["none", "mild", "severe"]},
    {"name": "findings", "type": "multilabel", "columns": ["edema", "effusion"]},
    {"name": "death", "type": "survival", "columns": ["days", "event"]},
    {"name": "extent", "type": "value", "columns": ["low", "high"], "unit": "%"},
    {"name": "n", "type": "count", "columns": "n"},
    {"name": "report", "type": "text", "columns": "report"},
]


def study_of(**fields) -> Study:
    return Study(
        **{"name": "s", "cases": "cases.csv", "inputs": {"t1": "image"}, "targets": TARGETS, "covariates": ["age", "site"]} | fields
    )


def opened(folder: Path, text: str = TABLE, **fields) -> TableCases:
    (folder / "cases.csv").write_text(text, encoding="utf-8")
    return open_cases(study_of(**fields), folder=folder, data=folder)


def test_what_is_empty_is_an_absent_key(tmp_path):
    a, b, c = opened(tmp_path)
    assert set(a.labels) == {"tissue", "grade", "findings", "death", "extent", "n", "report"}
    assert set(b.labels) == {"grade", "findings", "death", "extent", "n"}
    assert set(c.labels) == {"tissue", "report"}
    assert (list(a.inputs), list(b.inputs), list(c.inputs)) == (["t1"], ["t1"], [])
    assert a.covariates == {"age": 63.0, "site": "north"}
    assert b.covariates == {"site": "south"}
    assert [x.patient for x in (a, b, c)] == ["p1", "p1", "p2"]


def test_every_scalar_kind_reads_as_its_noun(tmp_path):
    cases = opened(tmp_path)
    a, b = cases["a"], cases["b"]
    np.testing.assert_array_equal(a.labels["grade"].p, [0, 1, 0])
    np.testing.assert_array_equal(b.labels["grade"].p, [0, 0, 1])  # by index
    np.testing.assert_array_equal(a.labels["findings"].p, [1, 0])
    np.testing.assert_array_equal(b.labels["findings"].p, [np.nan, 1])  # not assessed stays NaN
    assert (a.labels["death"].days[0], a.labels["death"].alive[0], a.labels["death"].censored) == (120, 0, False)
    assert (b.labels["death"].days[0], b.labels["death"].alive[0], b.labels["death"].censored) == (300, 1, True)
    extent = a.labels["extent"]
    assert (extent.value, extent.low, extent.high, extent.unit) == (15, 10, 20, "%")
    assert (b.labels["n"].value, a.labels["n"].value) == (0, 7)
    assert a.labels["report"] == "No effusion."


def test_columns_keys_and_selection_open_nothing(tmp_path):
    cases = opened(tmp_path)
    assert list(cases.keys) == ["a", "b", "c"]
    np.testing.assert_array_equal(cases.column("age"), [63, np.nan, 71])
    assert list(cases.column("site")) == ["north", "south", "north"]
    assert list(cases.column("patient")) == ["p1", "p1", "p2"]
    assert list(cases.column("tissue")) == ["a_mask.png", "", "c_mask.png"]
    few = cases.select(["c", "a"])
    assert list(few.keys) == ["c", "a"]
    assert [case.key for case in few] == ["c", "a"]
    assert few["c"].labels["report"] == "Nodule, left"
    with pytest.raises(UnknownName, match="Did you mean site"):
        cases.column("sit")
    with pytest.raises(UnknownName):
        few["b"]


def test_cases_survive_pickling(tmp_path):
    again = pickle.loads(pickle.dumps(opened(tmp_path).select(["b"])))
    assert list(again.keys) == ["b"]
    case = pickle.loads(pickle.dumps(again["b"]))
    assert case.labels["n"].value == 0


def test_a_hundred_thousand_rows_are_a_few_megabytes(tmp_path):
    rows = "".join(f"case{i:06},p{i // 3:06},images/{i // 1000}/{i}.png,{i % 3}\n" for i in range(100_000))
    targets = [{"name": "g", "type": "class", "columns": "g", "classes": ["a", "b", "c"]}]
    cases = opened(tmp_path, "case,patient,image,g\n" + rows, targets=targets, covariates=[])
    assert len(pickle.dumps(cases)) < 10e6
    assert len(cases.select(cases.keys[::2])) == 50_000
    assert cases["case099999"].labels["g"].best == 0


def test_without_case_column_the_row_number_is_the_key(tmp_path):
    cases = opened(tmp_path, "image\na.png\nb.png\n", targets=[], covariates=[])
    assert list(cases.keys) == ["1", "2"]
    assert list(cases.column("patient")) == ["1", "2"]


def test_raters_are_further_labels_and_the_first_is_the_truth(tmp_path):
    targets = [{"name": "g", "type": "class", "columns": "g", "classes": ["a", "b"], "raters": ["ann", "bob"]}]
    cases = opened(tmp_path, "case,image,g_ann,g_bob\n1,x.png,a,b\n2,y.png,,b\n", targets=targets, covariates=[])
    assert set(cases["1"].labels) == {"g", "g@ann", "g@bob"}
    assert cases["1"].labels["g"].best == 0
    assert cases["1"].labels["g@bob"].best == 1
    assert set(cases["2"].labels) == {"g@bob"}  # the second reader never stands in for the first


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_tables_as_spreadsheets_write_them(tmp_path, delimiter, encoding):
    text = "case,image,site\nä1,x.png,Århus\n".replace(",", delimiter)
    (tmp_path / "cases.csv").write_bytes(text.encode(encoding))
    cases = open_cases(study_of(targets=[], covariates=["site"]), folder=tmp_path)
    assert cases["ä1"].covariates == {"site": "Århus"}


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("case,patient,image,", "case,patient,imgae,", r"input t1: unknown column of cases.csv 'image'. Did you mean imgae"),
        ("\nb,", "\na,", r"cases.csv, line 3: expected every case once, got 'a' again \(first on line 2\)"),
        ("\nb,", "\n,", r"cases.csv, line 3: expected a key"),
        ("low,high", "low,low", r"cases.csv, line 1: expected every column name once, got 'low'"),
        (",No effusion.", ",No effusion,x", r"cases.csv, line 2: expected 15 cells as in the header, got 16"),
    ],
)
def test_a_table_written_wrongly_names_the_line(tmp_path, wrong, right, said):
    with pytest.raises(StudyError, match=said):
        opened(tmp_path, TABLE.replace(wrong, right))


@pytest.mark.parametrize(
    ("wrong", "right", "target", "said"),
    [
        ("mild", "mlid", "grade", r"line 2, column 'grade': unknown class of grade 'mlid'. Did you mean mild"),
        (",1,0,120", ",1,maybe,120", "findings", r"line 2, column 'effusion': expected 1, 0 or an empty cell"),
        (",7,63", ",many,63", "n", r"line 2, column 'n': expected a number, got 'many'"),
        (",7,63", ",-7,63", "n", r"line 2, column 'n': expected a count of 0 or more"),
        (",10,20,", ",20,10,", "extent", r"line 2, column 'low': expected low <= high"),
        ("a_mask.png", "gone.png", "tissue", r"line 2, column 'label': expected the file gone.png, got none"),
    ],
)
def test_a_wrong_cell_names_line_and_column(tmp_path, wrong, right, target, said):
    cases = opened(tmp_path, TABLE.replace(wrong, right))
    with pytest.raises(IsocenterError, match=said):
        cases["a"].labels[target]


def test_the_study_line_of_a_missing_column_is_named(tmp_path):
    (tmp_path / "cases.csv").write_text("case,img\n1,x.png\n")
    (tmp_path / "study.yaml").write_text("name: s\ncases: cases.csv\ninputs: {t1: image}\n")
    with pytest.raises(StudyError, match=r"study.yaml, line 3: input t1: unknown column of cases.csv 'image'. Did you mean img"):
        open_cases(Study(name="s", cases=Path("cases.csv"), inputs={"t1": "image"}), folder=tmp_path)


@pytest.mark.parametrize("word", ["by", "leave_out"])
def test_a_column_that_split_names_is_wanted_too(tmp_path, word):
    with pytest.raises(StudyError, match=f"{word} of split: unknown column of cases.csv 'centre'"):
        opened(tmp_path, split={word: "centre"})
    assert opened(tmp_path, split={word: "patient"}).keys


def test_a_missing_table_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(FileError, match=r"expected the table cases.csv, got no such file beside the study or in the data folder"):
        open_cases(study_of(), folder=tmp_path)


def test_relative_paths_start_in_the_data_folder_and_then_beside_the_table(tmp_path, monkeypatch):
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.png").touch()
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "b.png").touch()
    (tmp_path / "study" / "cases.csv").write_text("case,image\na,a.png\nb,b.png\nc,c.png\n")
    monkeypatch.setenv("ISOCENTER_DATA", str(data))
    cases = open_cases(study_of(targets=[], covariates=[]), folder=tmp_path / "study")
    assert cases.paths("a", "image") == (data / "a.png",)
    assert cases.paths("b", "image") == (tmp_path / "study" / "b.png",)
    assert cases.paths("c", "image") == (data / "c.png",)


def test_a_written_table_opens_as_the_same_cases(tmp_path):
    cases = opened(tmp_path).select(["c", "b"])
    cases.write(tmp_path / "again" / "cases.csv")
    again = open_cases(study_of(), folder=tmp_path / "again", data=tmp_path)
    assert [again.cells(key) for key in again.keys] == [cases.cells(key) for key in cases.keys]


def test_a_pickled_case_leaves_the_rest_of_the_table_behind(tmp_path):
    rows = "".join(f"case{i},p,x.png,0\n" for i in range(10_000))
    targets = [{"name": "g", "type": "class", "columns": "g", "classes": ["a", "b"]}]
    cases = opened(tmp_path, "case,patient,image,g\n" + rows, targets=targets, covariates=[])
    assert len(pickle.dumps(cases["case5"])) < 5000
