"""Settings that speak of nothing the study has are refused, not passed over."""

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.case import Case, CaseList
from isocenter.core.errors import SettingError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Study, Target
from isocenter.methods.registry import methods_of
from tests.methods.in_memory import MemoryJournal, fingerprint_of

METHOD = methods_of("regression").get("cnn")
TARGET = Target(name="brightness", type="value", columns="brightness")
SETTINGS = {"size": [12, 8], "encoder_settings": {"widths": [4, 4]}, "batch": 4, "steps": 1, "precision": "float32"}


def cases(*covariates):
    made = []
    for i, told in enumerate(covariates):
        image = held_image(np.full((1, 12, 10), i, np.float32), plain_grid((12, 10)))
        labels = {"brightness": Amount(value=float(i), unit="1")}
        made.append(Case(key=f"c{i}", patient=f"p{i}", inputs={"x": image}, labels=labels, covariates=told))
    return CaseList(made)


def study(named=(), **settings):
    return Study(
        name="s", cases="cases.csv", inputs={"x": "x"}, targets=(TARGET,), covariates=named, settings={**SETTINGS, **settings}
    )


def planned(asked, learn):
    return METHOD.plan(asked, fingerprint_of(asked, learn), minutes=1.0, gigabytes=4.0)


@pytest.mark.parametrize(("covariates", "got"), [((), "got none"), (("brightness",), "got only brightness, which a target asks")])
def test_covariates_the_study_does_not_name(covariates, got):
    with pytest.raises(SettingError, match=got):
        planned(study(covariates, covariates="film"), cases({}, {}))


def test_covariates_no_learning_case_has(tmp_path):
    asked = study(("age",), covariates="film")
    plan = planned(asked, cases({}, {}))
    with pytest.raises(SettingError, match="got empty cells in age"):
        METHOD.fit(asked, cases({}, {}), CaseList([]), plan, MemoryJournal(tmp_path))
    METHOD.fit(asked, cases({}, {"age": 3.0}), CaseList([]), plan, MemoryJournal(tmp_path))  # one is enough


def test_heads_and_weights_of_targets_that_are_not_there():
    for settings in ({"heads": {"brightnes": "linear"}}, {"weights": {"brightnes": 2}}):
        with pytest.raises(SettingError, match=f"Did you mean brightness.*Mend `{next(iter(settings))}`"):
            planned(study(**settings), cases({}, {}))


def test_a_mask_has_no_head_to_choose():
    mask = Target(name="spots", type="mask", columns="spots", classes=("nothing", "spot"))
    several = study(heads={"spots": "softmax"}).model_copy(update={"targets": (TARGET, mask)})
    with pytest.raises(StudyError, match="expected a head for the mask target 'spots'"):
        methods_of("multitask").get("cnn").plan(several, fingerprint_of(several, cases({}, {})), minutes=1.0, gigabytes=4.0)
