"""The plan of the U-Net, on a machine whose steps take what the test says."""

import numpy as np
import pytest

from isocenter.core.errors import SettingError
from isocenter.core.study import Study
from isocenter.methods import _precision as precision_trial
from isocenter.methods._patches import plan as patch_plan
from isocenter.methods._patches.learner import augmentation_of, build_network
from isocenter.methods.segmentation._unet_config import UNetSettings
from isocenter.methods.segmentation._unet_plan import plan_unet

FINGERPRINT = {
    "shapes": [[320, 256]] * 20,
    "spacings": [[1.0, 1.0]] * 20,
    "unit": "px",
    "inputs": {"film": {"channels": 3, "unit": "1"}},
    "intensity": {},
    "targets": {"nuclei": {"classes": {"background": {"share": 0.85}, "nucleus": {"share": 0.15}}}},
}


def study(**settings):
    return Study.model_validate(
        {
            "name": "nuclei",
            "cases": "cases.csv",
            "inputs": {"film": "film"},
            "targets": [{"name": "nuclei", "type": "mask", "columns": "mask", "classes": ["background", "nucleus"]}],
            "settings": settings,
        }
    )


VOLUME = {
    **FINGERPRINT,
    "shapes": [[180, 200, 16]] * 20,
    "spacings": [[1.0, 1.0, 5.0]] * 20,
    "unit": "mm",
}


def planned(monkeypatch, *, last=0.1, first=0.1, half=np.inf, pose=(), fingerprint=FINGERPRINT, **settings):
    """Plan where a step of 16 features takes `last` or `first` seconds in float32, `half` times as long in bfloat16."""
    tried = []

    def seconds(config, *, build, make_target, shape, regularize):
        tried.append((config.precision, config.channels_last, config.widths[0]))
        base = last if config.channels_last else first
        return base * (config.widths[0] / 16) ** 2 * (half if config.precision == "bfloat16" else 1.0)

    monkeypatch.setattr(patch_plan, "seconds_a_step", seconds)
    monkeypatch.setattr(precision_trial, "has_bfloat16", lambda: np.isfinite(half))
    plan = plan_unet(study(**settings), {**fingerprint, "pose": {"upright": list(pose)}}, minutes=5, gigabytes=8)
    return {s.name: s for s in plan.settings}, plan, tried


@pytest.mark.parametrize(("first", "wanted"), [(0.05, False), (0.095, True), (0.2, True)])
def test_the_faster_layout_is_taken(monkeypatch, first, wanted):
    settings, plan, tried = planned(monkeypatch, last=0.1, first=first)
    assert settings["channels_last"].value is wanted
    assert settings["channels_last"].origin == "measured"
    assert "channels first" in settings["channels_last"].reason
    assert tried[-1][1] is wanted  # steps are counted with the layout that is used
    assert plan.steps == pytest.approx(
        0.9 * 300 / (min(first, 0.1) if not wanted else 0.1) / (settings["widths"].value[0] / 16) ** 2, rel=0.02
    )


def test_what_the_user_set_is_not_tried(monkeypatch):
    settings, _, tried = planned(monkeypatch, last=0.1, first=0.01, channels_last=True)
    assert settings["channels_last"].value is True
    assert all(layout for _, layout, _ in tried)


def test_the_layout_is_tried_in_the_precision_that_is_used(monkeypatch):
    settings, _, tried = planned(monkeypatch, last=0.1, first=0.05, half=0.3)
    assert settings["precision"].value == "bfloat16"
    assert {precision for precision, layout, _ in tried if not layout} == {"bfloat16"}


def test_a_faster_layout_makes_a_wider_network(monkeypatch):
    slow, _, _ = planned(monkeypatch, last=0.1, first=0.2)
    fast, _, _ = planned(monkeypatch, last=0.1, first=0.03)
    assert fast["widths"].value[0] > slow["widths"].value[0]


def test_a_picture_with_a_plain_pose_is_mirrored_along_the_other_axes_alone(monkeypatch):
    body, _, _ = planned(monkeypatch, pose=(False, True))
    cell, _, _ = planned(monkeypatch, pose=(False, False))
    assert (body["mirror_axes"].value, body["rotation_deg"].value) == ((0,), 30.0)
    assert (cell["mirror_axes"].value, cell["rotation_deg"].value) == ((0, 1), 180.0)


def test_a_moment_of_other_work_does_not_cost_the_budget(monkeypatch):
    calls = []

    def seconds(config, *, build, make_target, shape, regularize):
        calls.append(config.widths[0])
        return 5.0 if len(calls) > 3 else 0.15 * (config.widths[0] / 16) ** 2  # from the fourth trial on something else runs

    monkeypatch.setattr(patch_plan, "seconds_a_step", seconds)
    monkeypatch.setattr(precision_trial, "has_bfloat16", lambda: False)
    plan = plan_unet(study(), FINGERPRINT, minutes=2, gigabytes=8)
    assert len(calls) > 3
    assert plan.steps > 500


def test_a_recurrent_network_gets_a_run_of_slices_that_nothing_mixes(monkeypatch):
    settings, plan, _ = planned(monkeypatch, fingerprint=VOLUME, network="recurrent_unet")
    assert settings["patch"].value[2] == 8
    assert {s[2] for s in (*settings["strides"].value, *settings["kernels"].value)} == {1}
    assert "from slice to slice" in settings["strides"].reason
    config = plan.config(UNetSettings)
    assert augmentation_of(config).untouched_axis == 2
    assert build_network(config, outputs=2).bottleneck.axis == 2


def test_few_slices_are_walked_along_where_other_networks_see_one_at_a_time(monkeypatch):
    thin = {**VOLUME, "shapes": [[180, 200, 5]] * 20}
    walks, _, _ = planned(monkeypatch, fingerprint=thin, network="recurrent_unet")
    alone, _, _ = planned(monkeypatch, fingerprint=thin)
    assert (walks["patch"].value[2], alone["patch"].value[2]) == (5, 1)


def test_the_run_is_the_users_where_the_patch_is(monkeypatch):
    settings, _, _ = planned(monkeypatch, fingerprint=VOLUME, network="recurrent_unet", patch=(64, 64, 3))
    assert settings["patch"].value == (64, 64, 3)


def test_a_walk_from_slice_to_slice_in_a_picture_is_refused(monkeypatch):
    with pytest.raises(SettingError, match="pictures"):
        planned(monkeypatch, network="recurrent_unet")


@pytest.mark.parametrize(("share", "asked", "loss"), [(0.15, {}, None), (0.002, {}, "dice"), (0.002, {"loss": "focal"}, "focal")])
def test_little_foreground_is_learned_by_a_loss_that_no_empty_mask_contents(monkeypatch, share, asked, loss):
    little = {"nuclei": {"classes": {"background": {"share": 1 - share}, "nucleus": {"share": share}}}}
    _, plan, _ = planned(monkeypatch, fingerprint={**FINGERPRINT, "targets": little}, **asked)
    assert plan.config(UNetSettings).loss == (loss or UNetSettings().loss)


@pytest.mark.parametrize(("overlapping", "loss"), [(False, "binary_dice_cross_entropy"), (True, "tversky")])
def test_a_loss_of_classes_learns_no_regions_that_overlap_nor_the_other_way_about(overlapping, loss):
    plain = study(loss=loss)
    target = plain.targets[0].model_copy(update={"overlapping": overlapping})
    with pytest.raises(SettingError, match=f"got {loss}"):
        plan_unet(plain.model_copy(update={"targets": (target,)}), FINGERPRINT, minutes=5, gigabytes=8)


@pytest.mark.parametrize(
    ("asked", "loss", "sampler"),
    [
        ({}, {"batch": False, "smooth": 1e-5}, {"share": 1 / 3}),
        ({"sampler": "cased"}, {"batch": False, "smooth": 1e-5}, {"half_life": 500.0, "least": 0.1}),
        ({"sampler": "balanced", "loss": "cross_entropy"}, {}, {}),
        ({"sampler_settings": {"share": 0.9}, "loss": "focal", "loss_settings": {"focus": 3}}, {"focus": 3}, {"share": 0.9}),
    ],
)
def test_the_plan_says_what_loss_and_sampler_are_set_to(monkeypatch, asked, loss, sampler):
    settings, plan, _ = planned(monkeypatch, **asked)
    assert settings["loss_settings"].value == loss
    assert settings["sampler_settings"].value == sampler
    assert plan.config(UNetSettings)


def test_settings_of_another_sampler_are_refused_before_anything_is_timed(monkeypatch):
    with pytest.raises(SettingError, match="sampler balanced 'share'"):
        planned(monkeypatch, sampler="balanced", sampler_settings={"share": 0.5})
