"""Both stages trained: what is found, what a kill costs (nothing), what is refused."""

from pathlib import Path

import numpy as np
import pytest
import torch

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import SettingError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.plan import Plan, Setting
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.methods._voxels.settings import VoxelSettings
from isocenter.methods.registry import TASKS, methods_of
from isocenter.metrics.froc import candidates

from ..in_memory import MemoryJournal, fingerprint_of

DISKS = VoxelSettings(
    patch=(15, 15), kernels=((4, 4), (2, 2)), pools=((2, 2), (1, 1)), rest=(5, 5), widths=(6, 8), hidden=16, tile=(48, 48),
    view=(12, 12), batch=32, augmentation=0.0, second_steps=12, distance=5.0, scheme="none", learning_rate=0.01,
)  # fmt: skip


def case_of(key: str, seed: int, *, kind: str) -> Case:
    """Bright disks among bright bars of noise."""
    rng = np.random.default_rng(seed)
    samples = rng.standard_normal((48, 48)) * 0.3
    places = rng.integers(8, 40, (2, 2)).astype(float)
    x, y = np.meshgrid(np.arange(48), np.arange(48), indexing="ij")
    for i, j in places:
        samples[(x - i) ** 2 + (y - j) ** 2 <= 9] += 2.0
    samples[:, int(rng.integers(48))] += 2.0
    n = len(places)
    truth = Points(
        world=places, kind=np.zeros(n, np.intp), score=np.full(n, np.nan), names=("disk",),
        extent=np.full((n, 2), 7.0) if kind == "boxes" else None,
    )  # fmt: skip
    grid = plain_grid((48, 48))
    image = held_image(samples[None].astype(np.float32), grid)
    return Case(key=key, patient=key, inputs={"image": image}, labels={"disks": truth}, covariates={})


def study_of(kind: str) -> Study:
    target = Target(name="disks", type=kind, columns=("disks",), classes=("disk",))
    count = Target(name="number", type="count", columns=("number",), use="score")
    return Study(
        name="disks", cases=Path("cases.csv"), inputs={"image": "image"}, targets=(target, count), method="voxel_classifier"
    )


def plan_of(settings: VoxelSettings, steps: int) -> Plan:
    chosen = tuple(Setting(name=n, value=v, reason="a test", origin="user") for n, v in vars(settings).items())
    return Plan(method="voxel_classifier", seed=0, steps=steps, minutes=0.1, gigabytes=1.0, sane=True, settings=chosen)


def cases(kind: str, first: int, n: int) -> CaseList:
    return CaseList([case_of(f"c{first + i}", first + i, kind=kind) for i in range(n)])


@pytest.mark.parametrize(("task", "kind"), [("detection", "boxes"), ("localization", "points")])
def test_disks_are_found_and_bars_are_not(tmp_path, task, kind):
    method = methods_of(task).get("voxel_classifier")
    model = method.fit(study_of(kind), cases(kind, 0, 8), cases(kind, 20, 5), plan_of(DISKS, 52), MemoryJournal(tmp_path))
    assert model.second is not None
    held = cases(kind, 40, 6)
    answers = list(model.predict(held, scratch=tmp_path))
    truths = [case.labels["disks"] for case in held]
    judged = candidates(truths, [a.answers["disks"] for a in answers], radius=3.0)
    given = judged.score >= 0.5
    assert judged.found[given].sum() >= 9  # of 12
    assert judged.false[given].sum() <= 4
    assert answers[0].answers["number"].value == (answers[0].answers["disks"].score >= 0.5).sum()
    assert (answers[0].answers["disks"].extent is not None) is (kind == "boxes")
    model.save(tmp_path / "m")
    again = list(method.load(tmp_path / "m").predict(held, scratch=tmp_path))
    assert all(np.array_equal(a.answers["disks"].score, b.answers["disks"].score) for a, b in zip(answers, again, strict=True))


@pytest.mark.parametrize("at", [6, 11, 16])
def test_killed_in_either_stage_it_ends_as_one_that_was_not(tmp_path, at):
    method, learn, tune = methods_of("detection").get("voxel_classifier"), cases("boxes", 0, 3), cases("boxes", 20, 2)
    plan = plan_of(DISKS, 22)  # ten steps of the first stage, twelve of the second
    whole = method.fit(study_of("boxes"), learn, tune, plan, MemoryJournal(tmp_path / "a"))
    killed = MemoryJournal(tmp_path / "b")
    killed.stop_now = lambda: len(killed.lines) == at  # type: ignore[method-assign]
    method.fit(study_of("boxes"), learn, tune, plan, killed)
    again = MemoryJournal(tmp_path / "c")
    again.state = killed.state
    resumed = method.fit(study_of("boxes"), learn, tune, plan, again)
    assert again.lines[0][0] == at + 1
    for network in ("network", "second"):
        for a, b in zip(getattr(whole, network).parameters(), getattr(resumed, network).parameters(), strict=True):
            assert torch.equal(a, b)


def test_without_a_lesion_there_is_nothing_to_learn(tmp_path):
    empty = cases("boxes", 0, 2)
    bare = CaseList(
        [
            Case(key=c.key, patient=c.patient, inputs=c.inputs, covariates={}, labels={"disks": none_of(c.labels["disks"])})
            for c in empty
        ]
    )
    with pytest.raises(StudyError, match="expected learning cases with boxes"):
        methods_of("detection").get("voxel_classifier").fit(
            study_of("boxes"), bare, bare, plan_of(DISKS, 5), MemoryJournal(tmp_path)
        )


def none_of(points: Points) -> Points:
    return Points(
        world=points.world[:0], kind=points.kind[:0], score=points.score[:0], names=points.names, extent=points.extent[:0]
    )


def test_a_plan_says_what_patches_and_images_cost(tmp_path):
    held = cases("boxes", 0, 3)
    study = study_of("boxes").model_copy(update={"settings": {"batch": 8, "sampler": "cased"}})
    plan = methods_of("detection").get("voxel_classifier").plan(study, fingerprint_of(study, held), minutes=0.1, gigabytes=1.0)
    assert plan["patch"] == (33, 33)
    assert plan["sampler"] == "cased"
    costs = {c.name: c.value for c in plan.costs}
    assert costs["multiplications, sliding window"] > 20 * costs["multiplications, fully convolutional"]
    assert costs["memory of training on whole images"] > 0
    assert 0 < plan["second_steps"] < plan.steps


@pytest.mark.parametrize("wrong", [{"candidates": "nothing"}, {"patch": [20, 20]}, {"distance": -1.0}])
def test_settings_that_cannot_work_are_refused(wrong):
    study = study_of("boxes").model_copy(update={"settings": wrong})
    with pytest.raises(SettingError):
        methods_of("detection").get("voxel_classifier").plan(
            study, fingerprint_of(study, cases("boxes", 0, 2)), minutes=0.1, gigabytes=1
        )


def test_the_method_serves_both_tasks_of_places():
    assert {name for name in TASKS.names() if "voxel_classifier" in methods_of(name).names()} == {"detection", "localization"}
