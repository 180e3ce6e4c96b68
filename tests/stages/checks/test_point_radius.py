"""Who measures points within a guessed radius is told so, once, with what to write."""

import pytest

from isocenter.stages.check import check

from ..dotted_study import write_dotted


def notes(path):
    return [f for f in check(path) if f.code == "point_radius"]


def test_points_without_sizes_or_radius_are_noted_with_the_remedy(tmp_path):
    (note,) = notes(write_dotted(tmp_path))
    assert note.severity == "note"
    assert "5 units" in note.got
    assert "metrics: [point_f1_at(8)]" in note.do


def test_the_middles_of_numbered_objects_have_sizes(tmp_path):
    assert not notes(write_dotted(tmp_path, numbered=True))


@pytest.mark.parametrize(
    "told",
    [{"boxes": True}, {"target": ", metrics: [point_f1_at(3)]"}, {"more": "metrics: [point_f1_at(3)]\n"}],
)
def test_sizes_in_the_files_or_a_radius_in_the_study_leave_nothing_to_note(told, tmp_path):
    assert not notes(write_dotted(tmp_path, **told))


def test_points_that_are_only_scored_are_noted_though_their_files_tell_sizes(tmp_path):
    learned = "  - {name: number, type: count, columns: dots}\n"
    assert notes(write_dotted(tmp_path, boxes=True, target=", use: score", more=learned))


def test_landmarks_are_not_paired_within_a_radius(tmp_path):
    assert not notes(write_dotted(tmp_path, more="task: landmark_localization\n"))
