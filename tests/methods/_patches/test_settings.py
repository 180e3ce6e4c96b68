"""A loss that cannot read a method's targets, and settings a loss or a sampler has not, are refused before anything is timed."""

import pytest

from isocenter.core.errors import SettingError
from isocenter.learning.losses import LOSSES
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
