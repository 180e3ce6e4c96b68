"""Arms of labels: how many cases keep a label of one target, and what a label of another adds."""

import pytest

from isocenter.core.amount import Amount
from isocenter.core.case import CaseList
from isocenter.core.errors import StudyError
from isocenter.core.study import Study, Target
from isocenter.phantoms.tracer.tracer import tracer
from isocenter.stages.arms import arms_of
from isocenter.stages.compare import compare
from isocenter.stages.run import run
from isocenter.stages.run_cases import open_run
from isocenter.stages.split import read_split

from .tracer_files import write_tracer


def mixed(**changes):
    study, cases = tracer("mask")
    grown = Target(name="area", type="value", columns="area", unit="px")
    rows = []
    for case in cases:
        area = Amount(value=float((case.labels[study.targets[0].name].labels.array() > 0).sum()), unit="px")
        rows.append(type(case)(**{**vars(case), "labels": {**case.labels, "area": area}}))
    return study.model_copy(update={"targets": (*study.targets, grown), **changes}), CaseList(rows)


def labeled(folder, name, part):
    _, table = open_run(folder)
    return {key for key in read_split(folder).keys(part) if name in table[key].labels}


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mixed")
    study, cases = mixed()
    name = study.targets[0].name
    study = study.model_copy(update={"method": "label_means", "vary": {f"labels.{name}": (3, 6)}})
    return run(write_tracer(study, cases, folder / "study"), out=folder / "run"), name


def test_each_arm_keeps_its_number_of_labels_and_all_held_out_ones(few):
    done, name = few
    arms = {arm.path.name: arm for arm in done.inners("arm")}
    three, six = arms[f"labels.{name}=3"], arms[f"labels.{name}=6"]
    assert len(labeled(three, name, "learn")) == 3
    assert len(labeled(six, name, "learn")) == 6
    assert labeled(three, name, "learn") < labeled(six, name, "learn")
    for part in ("tune", "test"):
        assert labeled(three, name, part) == set(read_split(three).keys(part))
    assert labeled(three, "area", "learn") == set(read_split(three).keys("learn"))


def test_the_arms_are_compared_on_the_same_cases(few):
    done, _ = few
    first, second = compare([done.path])
    assert first.quantity == "dice"
    assert first.patients == second.patients > 0


def test_arms_are_named_by_what_differs():
    study = Study(name="s", cases="c.csv", inputs={"x": "x"}, vary={"weights": ({"cells": 0}, {"cells": 1, "spots": 2})})
    arms = arms_of(study)
    assert list(arms) == ["weights=cells=0", "weights=cells=1-spots=2"]
    assert arms["weights=cells=0"].settings["weights"] == {"cells": 0}


@pytest.mark.parametrize(("vary", "message"), [({"labels.mask_": (3,)}, "target"), ({"labels.area": (10_000,)}, "from 0 to")])
def test_labels_that_cannot_be_kept_are_refused(vary, message, tmp_path):
    study, cases = mixed(method="label_means", vary=vary)
    with pytest.raises(StudyError, match=message):
        run(write_tracer(study, cases, tmp_path / "study"), out=tmp_path / "run")


def test_kept_labels_outside_an_arm_are_refused_and_not_ignored(tmp_path):
    study, cases = mixed(method="label_means", split={"labels.area": 3})
    with pytest.raises(StudyError, match=r"Write `vary: \{labels\.area: \[3\]\}`"):
        run(write_tracer(study, cases, tmp_path / "study"), out=tmp_path / "run")
