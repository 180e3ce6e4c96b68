"""Arms of a study: how many cases are learned from, and comparison by a number only many cases have."""

import pytest

from isocenter.core.errors import RunError
from isocenter.core.study import Study
from isocenter.methods.registry import task_of
from isocenter.phantoms.tracer.tracer import tracer
from isocenter.stages.arms import arms_of
from isocenter.stages.compare import compare
from isocenter.stages.run import run
from isocenter.stages.split import read_split

from .tracer_files import write_tracer


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("arms")
    study, cases = tracer("multilabel")
    study = study.model_copy(update={"method": "image_statistics", "vary": {"cases": (8, 12)}})
    return run(write_tracer(study, cases, folder / "study"), out=folder / "run"), task_of(study)


def test_each_arm_learns_from_its_number_of_cases_and_all_are_measured_on_the_same(grown):
    done, _ = grown
    arms = done.inners("arm")
    assert [a.path.name for a in arms] == ["cases=12", "cases=8"] or [a.path.name for a in arms] == ["cases=8", "cases=12"]
    counts = {a.path.name: read_split(a).count("learn")[0] for a in arms}
    assert counts == {"cases=8": 8, "cases=12": 12}
    held = {read_split(a).keys("tune", "test") for a in arms}
    assert len(held) == 1


def test_arms_are_compared_by_auc_on_the_cases_both_answered(grown):
    done, task = grown
    first, second = compare([done.path])
    assert first.quantity == task.primary == "multilabel_auc"
    assert first.effect is None
    assert second.effect == pytest.approx(second.value - first.value, abs=1e-6)


def starts(*paths):
    study, _ = tracer("class")
    return list(arms_of(Study.model_validate({**study.model_dump(), "vary": {"start": list(paths)}})))


def test_an_arm_that_starts_from_a_folder_is_named_after_the_folder_not_where_it_lies():
    assert starts("", "/somewhere/of/mine/lungs", "other/view.safetensors") == ["start=", "start=lungs", "start=view.safetensors"]


def test_folders_that_end_alike_make_arms_of_their_own():
    assert len(set(starts("one/run", "two/run"))) == 2


def test_the_words_of_a_comparison_say_why_there_is_no_interval(grown):
    done, _ = grown
    first, second = compare([done.path])
    assert first.words == ""
    assert "no interval (" in second.words or "[" in second.words
    assert "nan" not in second.words


def test_a_run_with_arms_among_others_is_refused_with_what_to_name(grown):
    done, _ = grown
    arm = done.inners("arm")[0]
    with pytest.raises(RunError, match="arm/"):
        compare([done.path, arm.path])
