"""Weights from elsewhere and images without labels, through plan and fit of a network of exams."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch

from isocenter.core.errors import FileError, SettingError
from isocenter.core.image import held_image
from isocenter.learning.networks.unet import UNet, UNetConfig
from isocenter.learning.weights import write_weights
from isocenter.methods.registry import methods_of
from isocenter.methods.segmentation._unet_config import UNetSettings
from isocenter.phantoms.tracer.tracer import tracer

from ..in_memory import MemoryJournal, fingerprint_of

METHOD = methods_of("counting").get("cnn")
TINY = {"size": (16, 16), "encoder_settings": {"widths": (4, 8)}, "precision": "float32", "augmentation": 0.0}


def counted(**settings):
    study, cases = tracer("count")
    study = study.model_copy(update={"method": "cnn", "settings": {"steps": 4, **TINY, **settings}})
    return study, cases


def planned(**settings):
    study, cases = counted(**settings)
    return METHOD.plan(study, fingerprint_of(study, cases), minutes=0.05, gigabytes=1.0)


def fitted(tmp_path, *, drop_labels=0, journal=None, inverted=False, **settings):
    """Fit to 16 cases; the first ones without labels, and their images inverted where asked."""
    study, cases = counted(**settings)

    def shown_as(case):
        image = case.inputs["field"]
        inputs = {"field": held_image(255 - image.array(), image.grid)} if inverted else case.inputs
        return dataclasses.replace(case, labels={}, inputs=inputs)

    shown = [shown_as(case) if i < drop_labels else case for i, case in enumerate(cases)]
    keys = list(cases.keys)
    plan = METHOD.plan(study, fingerprint_of(study, cases), minutes=0.05, gigabytes=1.0)
    learn = type(cases)(shown).select([*keys[:8], *keys[12:20]])
    return METHOD.fit(study, learn, cases.select(keys[20:]), plan, journal or MemoryJournal(tmp_path))


def saved(model, folder):
    model.save(folder / "model")
    return str(folder)


def encoder(model):
    return model.network.fusion.state_dict()


def reason(plan, name):
    return next(s.reason for s in plan.settings if s.name == name)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run folder to start from."""
    folder = tmp_path_factory.mktemp("run")
    return saved(fitted(folder), folder)


def test_a_plan_takes_the_encoder_of_the_run_it_starts_from(run):
    study, cases = counted(start=run)
    del study.settings["encoder_settings"]
    plan = METHOD.plan(study, fingerprint_of(study, cases), minutes=0.05, gigabytes=1.0)
    assert plan["encoder_settings"] == {"widths": (4, 8)}
    assert "that of the run" in reason(plan, "encoder")
    assert "of the encoder's" in reason(plan, "start")
    assert plan["layer_decay"] == 0.75
    assert all(setting.reason for setting in plan.settings)


def test_a_plan_without_a_start_learns_all_layers_alike():
    plan = planned()
    assert (plan["start"], plan["pretrain"], plan["frozen"], plan["layer_decay"]) == ("", "none", False, 1.0)


def test_another_encoder_than_the_runs_is_refused_before_anything_is_trained(run):
    with pytest.raises(SettingError, match=r"expected the encoder convnet .*got resnet18\. Leave `encoder` to the plan"):
        planned(start=run, encoder="resnet18", encoder_settings={"widths": (4, 4, 4, 4)})


def test_another_width_is_refused_before_anything_is_trained(run):
    with pytest.raises(FileError, match="Leave `encoder` and `encoder_settings` to the plan"):
        planned(start=run, encoder_settings={"widths": (5, 7, 9)})


def test_a_start_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileError, match="Train it first"):
        planned(start=str(tmp_path))
    with pytest.raises(FileError, match="nothing there"):
        planned(start=str(tmp_path / "w.pt"))


def test_a_segmentation_run_gives_its_unet(tmp_path):
    widths = (4, 8)
    write_weights(UNet(UNetConfig(dimensions=2, out_channels=2, widths=widths)), tmp_path / "model" / "weights.safetensors")
    settings = dataclasses.asdict(UNetSettings(patch=(16, 16), widths=widths))
    (tmp_path / "model" / "model.json").write_text(json.dumps({"settings": settings}), encoding="utf-8")
    study, cases = counted(start=str(tmp_path))
    del study.settings["encoder_settings"]
    plan = METHOD.plan(study, fingerprint_of(study, cases), minutes=0.05, gigabytes=1.0)
    assert (plan["encoder"], plan["encoder_settings"]) == ("unet_features", {"widths": widths})


def test_a_frozen_encoder_is_the_runs_to_the_bit_and_the_head_learns(run, tmp_path):
    model = fitted(tmp_path, start=run, frozen=True)
    before = METHOD.load(Path(run) / "model")
    assert all(torch.equal(a, b) for a, b in zip(encoder(model).values(), encoder(before).values(), strict=True))
    assert not torch.equal(model.network.heads["cells"].weight, before.network.heads["cells"].weight)


def test_a_fine_tuned_encoder_moves_the_less_the_earlier(run, tmp_path):
    model = fitted(tmp_path, start=run, layer_decay=0.1, weight_decay=0.0)
    before = encoder(METHOD.load(Path(run) / "model"))
    moved = [float((w - before[n]).abs().max()) for n, w in encoder(model).items() if w.ndim == 4]
    assert 0 < moved[0] < 0.1 * moved[-1]


def test_random_and_frozen_is_an_arm_that_is_warned_of():
    assert "random weights: an arm" in " ".join(planned(frozen=True).warnings)
    assert not any("random weights" in warning for warning in planned(frozen=True, pretrain="autoencoder").warnings)


@pytest.mark.parametrize("pretrain", ["autoencoder", "rbm"])
def test_images_without_labels_are_learned_from(pretrain, tmp_path):
    journal = MemoryJournal(tmp_path)
    with_others = fitted(
        tmp_path, journal=journal, pretrain=pretrain, pretrain_share=0.5, drop_labels=6, frozen=True, batch=4, steps=8
    )
    assert sum("pretrain_loss" in values for _, values in journal.lines) == 4
    assert sum("loss" in values for _, values in journal.lines) == 4
    study, _ = counted()
    assert study.targets[0].name in with_others.answer([next(iter(counted()[1]))])[0]


@pytest.mark.parametrize("pretrain", ["none", "autoencoder"])
def test_what_unlabeled_images_show_matters_to_pretraining_alone(pretrain, tmp_path):
    models = [fitted(tmp_path, drop_labels=6, inverted=i, pretrain=pretrain, batch=4) for i in (False, True)]
    first, second = (encoder(model)["encoder.layers.0.weight"] for model in models)
    assert torch.equal(first, second) == (pretrain == "none")


@pytest.mark.parametrize("stop", [2, pytest.param(6, marks=pytest.mark.slow)])
def test_a_training_killed_in_either_phase_ends_in_the_same_weights(stop, tmp_path):
    settings = {"pretrain": "autoencoder", "pretrain_share": 0.5, "steps": 8, "batch": 4}

    class Stopping(MemoryJournal):
        def stop_now(self):
            return len(self.lines) == stop

    whole = fitted(tmp_path, **settings)
    journal = Stopping(tmp_path)
    fitted(tmp_path, journal=journal, **settings)
    assert journal.state["step"] == stop
    again = fitted(tmp_path, journal=journal, **settings)
    pairs = zip(whole.network.state_dict().values(), again.network.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_machines_want_the_plain_encoder():
    with pytest.raises(SettingError, match="expected for pretrain: rbm the encoder convnet, got resnet18"):
        planned(pretrain="rbm", encoder="resnet18", encoder_settings={"widths": (4, 4, 4, 4)})
