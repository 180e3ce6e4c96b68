"""Layouts are a folder of files: every one is found, cited, refuses an empty folder, and works from a study."""

import pytest

from isocenter.core.errors import FileError, StudyError, UnknownName
from isocenter.core.study import Study
from isocenter.io.layout import LAYOUTS, import_layout, write_imported
from isocenter.io.study_file import read_study
from isocenter.io.table import open_cases


def task(folder):
    for part, name in (("imagesTr", "a.nii.gz"), ("imagesTr", "b.nii.gz"), ("labelsTr", "a.nii.gz")):
        (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / part / name).touch()
    return folder


@pytest.mark.parametrize("name", LAYOUTS.names())
def test_every_layout_is_cited_and_refuses_an_empty_folder(tmp_path, name):
    layout = LAYOUTS.get(name)
    assert layout.name == name
    assert layout.cite
    assert layout.what
    with pytest.raises(FileError):
        import_layout(name, tmp_path)


def test_a_study_may_name_a_layout_instead_of_a_table(tmp_path):
    task(tmp_path / "Task01")
    study = Study(
        name="s",
        cases={"layout": "msd", "path": "Task01"},
        inputs={"t1": "image"},
        targets=[{"name": "l", "type": "mask", "columns": "label", "classes": ["background", "x"]}],
    )
    cases = open_cases(study, folder=tmp_path, data=tmp_path)
    assert list(cases.keys) == ["a", "b"]
    assert [list(case.labels) for case in cases] == [["l"], []]
    assert cases.paths("a", "image")[0].exists()


def test_an_import_written_down_opens_as_a_study(tmp_path):
    imported = import_layout("msd", task(tmp_path / "Task01"), root=tmp_path)
    path = write_imported(imported, tmp_path / "study")
    cases = open_cases(read_study(path), folder=path.parent, data=tmp_path)
    assert list(cases.keys) == ["a", "b"]
    with pytest.raises(FileError, match=r"expected no study.yaml"):
        write_imported(imported, tmp_path / "study")


def test_unknown_layouts_and_folders_are_named(tmp_path):
    with pytest.raises(UnknownName, match="Did you mean msd"):
        import_layout("mds", tmp_path)
    with pytest.raises(FileError, match="which is none"):
        import_layout("msd", tmp_path / "gone")
    with pytest.raises(StudyError, match=r"expected cases: \{layout: msd, path: FOLDER\}"):
        open_cases(Study(name="s", cases={"path": "x"}, inputs={"a": "image"}), folder=tmp_path)
