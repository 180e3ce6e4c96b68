"""Patients, not cases, are split; and what was split stays split."""

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import StudyError
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.stages.split import Split, _from_file, _no_patient_twice, draw_split, strata_of


def table(patients: int, *, visits: int = 2) -> CaseList:
    """`visits` cases of each patient; every third patient is of site B."""
    return CaseList(
        Case(key=f"{p}-{v}", patient=f"p{p}", inputs={}, labels={}, covariates={"site": "B" if p % 3 == 0 else "A"})
        for p in range(patients)
        for v in range(visits)
    )


def study(**split: object) -> Study:
    return Study(name="s", cases="cases.csv", inputs={"image": "image"}, split=split)


@pytest.mark.parametrize("patients", [2, 3, 10, 57])
def test_no_patient_stands_in_two_parts(patients):
    made = draw_split(study(), table(patients))
    parts = {p: {q for who, q in zip(made.patient, made.part, strict=True) if who == p} for p in set(made.patient)}
    assert all(len(q) == 1 for q in parts.values())
    assert made.count("learn")[1] >= 1


def test_shares_are_of_patients():
    made = draw_split(study(test=0.25, tune=0.2), table(100))
    assert made.count("test") == (50, 25)
    assert made.count("tune") == (30, 15)


def test_the_same_seed_gives_the_same_split_and_another_seed_another():
    first, again, other = (draw_split(study(seed=s), table(30)) for s in (1, 1, 2))
    assert first.part == again.part
    assert first.part != other.part


def test_by_keeps_the_shares_within_each_value():
    cases = table(60)
    made = draw_split(study(test=0.25, by="site"), cases)
    site = dict(zip(cases.column("case"), cases.column("site"), strict=True))
    tested = [site[k] for k in made.keys("test")]
    assert tested.count("B") == 10  # a quarter of 20 patients, two visits each
    assert tested.count("A") == 20


def graded(counts: dict[str, int]) -> tuple[Study, CaseList]:
    """So many patients of each class, two cases each, in an order that has nothing to do with their class."""
    names = tuple(counts)
    words = np.random.default_rng(0).permutation([name for name, n in counts.items() for _ in range(n)])
    cases = CaseList(
        Case(
            key=f"{p}-{v}",
            patient=f"p{p}",
            inputs={},
            labels={"kind": Scores(p=np.array([float(word == name) for name in names]), names=names)},
            covariates={},
        )
        for p, word in enumerate(words)
        for v in range(2)
    )
    target = Target(name="kind", type="class", columns=("kind",), classes=names)
    return study().model_copy(update={"targets": (target,)}), cases


def held(made: Split, cases: CaseList, *parts: str) -> dict[str, int]:
    """Patients of each class in some parts."""
    kinds = [cases[k].labels["kind"] for k in made.keys(*parts)]
    return {name: sum(s.names[s.best] == name for s in kinds) // 2 for name in kinds[0].names}


@pytest.mark.parametrize("seed", range(5))
def test_classes_are_shared_out_alike_so_that_no_part_lacks_one(seed):
    asked, cases = graded({"well": 20, "ill": 20, "worse": 8})
    made = draw_split(asked.model_copy(update={"seed": seed}), cases)
    assert held(made, cases, "test") == {"well": 5, "ill": 5, "worse": 2}
    assert held(made, cases, "tune") == {"well": 3, "ill": 3, "worse": 1}


def test_classes_of_few_patients_do_not_fill_the_parts():
    asked, cases = graded({"well": 40, "a": 2, "b": 2, "c": 2, "d": 2})
    made = draw_split(asked, cases)
    assert sum(held(made, cases, "test").values()) == 12
    assert held(made, cases, "test")["well"] == 10


def test_folds_hold_classes_alike():
    asked, cases = graded({"well": 20, "ill": 10})
    made = draw_split(asked.model_copy(update={"split": {"folds": 5}}), cases)
    kinds = {k: cases[k].labels["kind"] for k in cases.keys}
    for fold in made.folds():
        inside = [kinds[k] for k, f in zip(made.case, made.fold, strict=True) if f == fold]
        assert sum(s.names[s.best] == "ill" for s in inside) == 4  # two patients, two cases each


def test_every_patient_is_in_one_fold_and_folds_are_even():
    made = draw_split(study(folds=5), table(23))
    sizes = [len({p for p, f in zip(made.patient, made.fold, strict=True) if f == fold}) for fold in made.folds()]
    assert sorted(sizes) == [4, 4, 5, 5, 5]


def test_a_folds_run_tests_its_own_cases_and_tunes_on_other_patients():
    inner = draw_split(study(folds=5), table(20)).of_fold("0", tune=0.25, seed=0)
    assert inner.count("test") == (8, 4)
    assert inner.count("tune") == (8, 4)
    groups = [{p for p, q in zip(inner.patient, inner.part, strict=True) if q == part} for part in ("learn", "tune", "test")]
    assert not (groups[0] & groups[1])
    assert not (groups[1] & groups[2])
    assert not (groups[0] & groups[2])


def test_the_tuning_part_of_a_fold_holds_classes_alike():
    asked, cases = graded({"well": 60, "ill": 12})
    made = draw_split(asked.model_copy(update={"split": {"folds": 3}}), cases)
    strata = strata_of(asked, cases)
    for fold in made.folds():
        inner = made.of_fold(fold, tune=0.25, seed=0, strata=strata)
        assert held(inner, cases, "tune") == {"well": 10, "ill": 2}


def test_one_patient_is_learned_from_and_nothing_is_held_out():
    made = draw_split(study(), table(1))
    assert made.count("learn") == (2, 1)
    assert made.count("test") == (0, 0)


def test_a_patient_in_two_parts_is_refused_by_name():
    with pytest.raises(StudyError, match="'x' in learn and test"):
        _no_patient_twice(Split(case=("a", "b"), patient=("x", "x"), part=("learn", "test"), fold=("", "")))


def test_a_split_file_that_lacks_a_case_is_refused(tmp_path):
    (tmp_path / "split.csv").write_text("case,patient,part,fold\n0-0,p0,learn,\n")
    with pytest.raises(StudyError, match="3 are missing"):
        _from_file(tmp_path / "split.csv", table(2))


def test_a_part_that_does_not_exist_is_refused_with_its_line(tmp_path):
    (tmp_path / "split.csv").write_text("case,patient,part,fold\n0-0,p0,train,\n")
    with pytest.raises(StudyError, match=r"line 2.*'train'"):
        _from_file(tmp_path / "split.csv", table(1))


def test_more_folds_than_patients_are_refused():
    with pytest.raises(StudyError, match="at most as many folds as patients"):
        draw_split(study(folds=9), table(4))


def test_the_numbers_are_plain():
    assert np.isscalar(draw_split(study(), table(5)).count("learn")[0])


def test_fewer_cases_to_learn_from_are_whole_patients_and_kept_by_larger_numbers():
    made = draw_split(study(), table(40))
    small, large = made.shortened(10, seed=1), made.shortened(20, seed=1)
    assert set(small.keys("learn")) < set(large.keys("learn")) < set(made.keys("learn"))
    assert small.keys("tune", "test") == made.keys("tune", "test")
    assert small.count("learn") == (10, 5)
    assert small.keys("learn") != made.shortened(10, seed=2).keys("learn")


def test_more_cases_than_there_are_or_fewer_than_a_patient_has_are_refused():
    made = draw_split(study(), table(10))
    with pytest.raises(StudyError, match="from 1 to"):
        made.shortened(1000, seed=0)
    with pytest.raises(StudyError, match="one patient"):
        made.shortened(1, seed=0)


def test_each_value_of_a_column_is_left_out_once():
    made = draw_split(study(leave_out="site"), table(9))
    assert made.folds() == ("A", "B")
    assert made.keys("test", "tune") == ()
    inner = made.of_fold("B", tune=0.25, seed=0)
    tested = {p for p, part in zip(inner.patient, inner.part, strict=True) if part == "test"}
    assert tested == {"p0", "p3", "p6"}
    assert inner.count("tune")[1] >= 1


def test_what_cannot_be_left_out_is_refused():
    with pytest.raises(StudyError, match="for every case"):
        draw_split(study(leave_out="scanner"), table(9))
    moved = CaseList(
        Case(key=key, patient="p", inputs={}, labels={}, covariates={"site": site}) for key, site in (("a", "A"), ("b", "B"))
    )
    with pytest.raises(StudyError, match="one site a patient"):
        draw_split(study(leave_out="site"), moved)
    with pytest.raises(StudyError, match="two values"):
        draw_split(study(leave_out="site"), CaseList([moved["a"]]))
