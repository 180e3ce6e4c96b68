"""Frame classifiers: they find events by what is seen and by what follows, and not by where series begin."""

import numpy as np
import pytest

from isocenter.core.errors import SettingError
from isocenter.methods.frame_localization._settings import FrameSettings
from isocenter.methods.frame_localization.frame_classifiers import METHOD

from ..in_memory import fit, series_tracer


def test_a_minute_of_learning_finds_the_widest_and_the_narrowest(tmp_path):
    study, cases = series_tracer()
    short = study.model_copy(update={"settings": {"steps": 120, "widths": [8, 16], "augmentation": 0}})
    model = fit(METHOD, short, cases, tmp_path, minutes=1.0)
    keys = list(cases.keys)[16:]
    answers = list(model.predict(cases.select(keys), scratch=tmp_path))
    errors = [abs(a.answers[t].value - cases[a.case].labels[t].value) for a in answers for t in ("widest", "narrowest")]
    assert np.mean(errors) < 0.5  # chance is about 1.3
    assert all(float(a.answers["widest"].value).is_integer() for a in answers)


@pytest.mark.parametrize(
    "settings", [{"first": 3}, {"spread": 0.0}, {"precision": "float8"}, {"zoom": (2.0, 1.0)}, {"dropout": 1.0}]
)
def test_settings_that_cannot_work_are_refused(settings):
    with pytest.raises(SettingError):
        FrameSettings(**settings)


def test_no_augmentation_leaves_series_as_they_are():
    config = FrameSettings(augmentation=0).augmented()
    assert config.rotation_probability == config.scaling_probability == config.noise_probability == 0
