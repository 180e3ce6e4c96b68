"""A loss that cannot read a method's targets, and settings a loss or a sampler has not, are refused before anything is timed."""

from functools import partial

import numpy as np
import pytest
import torch

from isocenter.core.errors import SettingError
from isocenter.core.grid import plain_grid
from isocenter.core.options import options_of
from isocenter.learning.losses import LOSSES
from isocenter.learning.losses.focal import focal_loss
from isocenter.learning.preparation import Prepared
from isocenter.learning.sampling import SAMPLERS
from isocenter.methods._patches.learner import build_learner, build_network
from isocenter.methods._patches.settings import PatchTraining
from isocenter.methods._voxels.settings import VoxelSettings
from isocenter.methods.detection._center_settings import CenterSettings
from isocenter.methods.localization._density_settings import DensitySettings
from isocenter.methods.segmentation._unet_config import UNetSettings
from isocenter.methods.translation._settings import TranslationSettings

CONFIGS = (VoxelSettings, CenterSettings, DensitySettings, UNetSettings, TranslationSettings)


@pytest.mark.parametrize("loss", LOSSES.names())
@pytest.mark.parametrize("config", CONFIGS)
def test_a_loss_of_another_form_is_refused_and_those_that_fit_are_named(config: type[PatchTraining], loss: str) -> None:
    if LOSSES.get(loss).form in config.forms:
        assert config(loss=loss).loss == loss
    else:
        with pytest.raises(SettingError, match=rf"got {loss}, a loss of .* Losses that fit: .*\b{config().loss}\b"):
            config(loss=loss)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"sampler": "cased", "sampler_settings": {"half_live": 9}}, "sampler cased 'half_live'.*Did you mean half_life"),
        ({"sampler": "uniform", "sampler_settings": {"share": 0.5}}, "sampler uniform 'share'.*Known: none"),
        ({"sampler": "cased", "sampler_settings": {"half_life": 0}}, "half_life of sampler cased.*greater than 0"),
        ({"sampler": "cased", "sampler_settings": {"least": 1.1}}, "least of sampler cased.*less than or equal to 1"),
        ({"sampler": "foreground", "sampler_settings": {"share": 1.5}}, "share of sampler foreground.*less than or equal to 1"),
        ({"sampler": "selective", "sampler_settings": {"share": -0.5}}, "share of sampler selective.*greater than or equal to 0"),
        ({"loss": "focal", "loss_settings": {"focuss": 3}}, "loss focal 'focuss'.*Did you mean focus"),
        ({"loss": "focal", "loss_settings": {"focus": "sharp"}}, "focus of loss focal a value of type float, got 'sharp'"),
        ({"loss": "sensitivity_specificity", "loss_settings": {"ratio": 2}}, "ratio of loss sensitivity_specificity"),
        ({"loss": "cross_entropy", "loss_settings": {"smooth": 1}}, "loss cross_entropy 'smooth'.*Known: none"),
        ({"foreground_share": 0.5}, "foreground_share"),
    ],
)
def test_a_setting_that_loss_or_sampler_has_not_or_cannot_have_is_refused(settings, said):
    with pytest.raises((SettingError, TypeError), match=said):
        UNetSettings(**settings)


def test_the_settings_reach_the_loss():
    logits, target = torch.randn(2, 3, 5, 4, generator=torch.manual_seed(0)), torch.ones(2, 5, 4, dtype=torch.int64)
    asked = UNetSettings(loss="focal", loss_settings={"focus": 0.5})
    assert asked.criterion()(logits, target) == focal_loss(logits, target, focus=0.5)
    assert asked.criterion()(logits, target) != focal_loss(logits, target)


@pytest.mark.parametrize(("least", "held"), [(1.0, 1.0), (0.0, 0.0)])
def test_the_settings_reach_the_sampler(least, held):
    """A curriculum that is over at once: what is left is the least share."""
    target = np.zeros((60, 60), np.int16)
    target[50, 50] = 1
    case = Prepared(key="a", image=np.zeros((1, 60, 60), np.float32), grid=plain_grid((60, 60)), target=target)
    asked = UNetSettings(
        patch=(8, 8), widths=(2, 4), strides=((1, 1), (2, 2)), kernels=((3, 3), (3, 3)), sampler="cased",
        sampler_settings={"half_life": 1e-3, "least": least},
    )  # fmt: skip
    learner = build_learner(asked, build=partial(build_network, asked, outputs=2), cases=[case], steps=9, seed=0)
    learner.lesson.sampler.draw(1)  # the first one is foreground whatever the least
    starts = [spec.start for spec in learner.lesson.sampler.draw(40)]
    assert np.mean([start == (46, 46) for start in starts]) == pytest.approx(held, abs=0.06)


@pytest.mark.parametrize("name", SAMPLERS.names())
def test_every_setting_of_a_sampler_is_one_of_the_study(name):
    assert UNetSettings(sampler=name, sampler_settings=options_of(SAMPLERS.get(name)))


@pytest.mark.parametrize("name", [name for name in LOSSES.names() if LOSSES.get(name).form == "classes"])
def test_every_setting_of_a_loss_is_one_of_the_study(name):
    assert UNetSettings(loss=name, loss_settings=options_of(LOSSES.get(name).function))
