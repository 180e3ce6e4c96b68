"""A study file is read with its lines; every mistake says where, what was expected and what to do."""

from pathlib import Path

import pytest

from isocenter.core.errors import FileError, StudyError
from isocenter.io.study_file import place, raw_fields, read_study, write_study

GOOD = """\
name: hippocampus
cases: cases.csv                    # a table
inputs: {t1: image}
targets:
  - {name: tissue, type: mask, columns: label, classes: [no, yes], codes: {yes: 15825003}, values: {255: 1}}
  - {name: dots, type: points, columns: dots, use: score}
  - {name: os, type: survival, columns: [days, event], unit: 1}
covariates: age
split: {folds: 5}
settings: {spacing_mm: [1, 1, 1.5]}
vary: {fusion: [stacked, hemis], mirror: [no, true]}
metrics:
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_study_reads_as_it_is_written(tmp_path):
    study = read_study(written(tmp_path, GOOD))
    assert study.inputs == {"t1": "image"}
    assert study.targets[0].classes == ("no", "yes")  # YAML 1.2: no is a word
    assert study.targets[0].codes == {"yes": "15825003"}
    assert study.targets[0].values == {255: 1}
    assert study.targets[1].use == "score"
    assert study.targets[2].unit == "1"
    assert study.covariates == ("age",)
    assert study.vary == {"fusion": ("stacked", "hemis"), "mirror": ("no", True)}
    assert study.settings == {"spacing_mm": [1, 1, 1.5]}


def test_writing_and_reading_again_changes_nothing(tmp_path):
    study = read_study(written(tmp_path, GOOD))
    assert read_study(write_study(study, tmp_path / "again.yaml")) == study


def test_a_layout_survives_writing(tmp_path):
    study = read_study(written(tmp_path, "name: a\ncases: {layout: msd, path: Task04}\ninputs: {t1: image}\n"))
    again = read_study(write_study(study, tmp_path / "again.yaml"))
    assert again.cases == {"layout": "msd", "path": "Task04"}


@pytest.mark.parametrize(
    ("wrong", "right", "line", "said"),
    [
        ("tragets:", "targets:", 4, "Did you mean targets"),
        ("type: points", "type: pionts", 6, "Did you mean points"),
        ("name: hippocampus\n", "", 1, "expected the field name, which is missing"),
        ("columns: dots, ", "", 6, "expected the field columns in target 2"),
        ("columns: dots, use", "column: dots, use", 6, "Did you mean columns"),
        ("columns: [days, event]", "columns: days", 7, "two columns (days, event)"),
        ("classes: [no, yes]", "classes: [false, true]", 5, "Put it in quotes"),
        ("classes: [no, yes]", "classes: [yes]", 5, "at least two names"),
        ("classes: [no, yes]", "classes: [no, yes, yes]", 5, "names the class 'yes' twice"),
        ("inputs: {t1: image}", "inputs: {}", 3, "at least one entry"),
        ("split: {folds: 5}", "split: 5", 9, "expected pairs for split, got 5"),
        ("split: {folds: 5}", "split: {folds: 1}", 9, "expected two folds or more, got folds: 1"),
        ("split: {folds: 5}", "split: {folds: five}", 9, "expected a number for folds of split, got 'five'"),
        ("split: {folds: 5}", "split: {fold: 5}", 9, "Did you mean folds"),
        ("split: {folds: 5}", "split: {labels.dots: few}", 9, "expected a number for labels.dots of split, got 'few'"),
        ("split: {folds: 5}", "split: {test: 25}", 9, "expected a share from 0 to below 1 for test of split, got 25"),
        ("split: {folds: 5}", "split: {folds: 5, leave_out: site}", 9, "expected folds or leave_out, got both"),
        ("name: os", "name: dots", 1, "two targets are named dots"),
        (
            "type: points, columns: dots, use: score}",
            "type: points, columns: dots, classes: [red, white]}\n"
            "  - {name: n, type: count, columns: dots, classes: [blue], use: score}",
            1,
            "'n' counts blue in dots, where 'dots' has red, white",
        ),
        ("{255: 1}", "{255: 2}", 5, "expected values of tissue to mean classes 0 to 1 (no, yes), got {255: 2}"),
        ("codes: {yes", "codes: {yse", 5, "unknown class in codes 'yse'. Did you mean yes"),
        ("use: score", "use: scoer", 6, "'learn', 'score' or 'guide' for use, got 'scoer'"),
    ],
)
def test_a_mistake_names_its_line_and_the_remedy(tmp_path, wrong, right, line, said):
    text = GOOD.replace(right, wrong) if wrong == "tragets:" else GOOD.replace(wrong, right)
    with pytest.raises(StudyError) as caught:
        read_study(written(tmp_path, text))
    message = str(caught.value)
    assert message.startswith(f"study.yaml, line {line}: ")
    assert said in message


def test_every_mistake_is_listed_one_a_line(tmp_path):
    text = GOOD.replace("targets:", "tragets:").replace("covariates: age", "covariatse: age")
    with pytest.raises(StudyError) as caught:
        read_study(written(tmp_path, text))
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["study.yaml, line 4", "study.yaml, line 8"]


@pytest.mark.parametrize(
    ("text", "line"),
    [("name: a\nname: b\n", 2), ("name: [a\nb: c\n", 2), ("name: a\n\tb: c", 2), ("- a\n", 1), ("", 1)],
)
def test_what_is_not_yaml_names_the_line(tmp_path, text, line):
    with pytest.raises(StudyError, match=f"study.yaml, line {line}: "):
        read_study(written(tmp_path, text))


def test_a_missing_file_says_what_is_there(tmp_path):
    written(tmp_path, GOOD)
    with pytest.raises(FileError, match=r"That folder has: study.yaml"):
        read_study(tmp_path / "study.yml")


def test_a_missing_table_is_named_with_its_line_once_the_data_folder_is_known(tmp_path):
    path = written(tmp_path, GOOD)
    with pytest.raises(StudyError, match=r"study.yaml, line 2: expected the cases at cases.csv"):
        read_study(path, data=tmp_path)
    (tmp_path / "cases.csv").write_text("case,image\n")
    assert read_study(path, data=tmp_path).name == "hippocampus"


def test_a_place_in_the_study_is_found_again(tmp_path):
    study = read_study(written(tmp_path, GOOD))
    assert place(tmp_path, study, ("targets", 1, "columns", 0)) == "study.yaml, line 6"
    assert place(tmp_path / "nowhere", study, ("inputs",)) == "study"


def test_of_two_studies_of_one_name_the_one_meant_is_named(tmp_path):
    written(tmp_path, GOOD)
    (tmp_path / "other.yaml").write_text("# a line more\n" + GOOD.replace("split: {folds: 5}", "split: {leave_out: site}"))
    assert place(tmp_path, read_study(tmp_path / "other.yaml"), ("split", "leave_out")) == "other.yaml, line 10"
    assert place(tmp_path, read_study(tmp_path / "study.yaml"), ("split", "folds")) == "study.yaml, line 9"


def test_raw_fields_are_what_is_written_and_nothing_for_an_empty_file(tmp_path):
    (tmp_path / "study.yaml").write_text("name: s\nmetrics: [dice]\n")
    (tmp_path / "empty.yaml").write_text("")
    assert raw_fields(tmp_path / "study.yaml") == {"name": "s", "metrics": ["dice"]}
    assert raw_fields(tmp_path / "empty.yaml") == {}
