"""The rules answer what the reports say, and refuse what they cannot read."""

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import FileError, PlanError, UnknownName
from isocenter.methods.multilabel.report_rules import METHOD
from isocenter.phantoms.tracer.tracer import text_tracer

from ..in_memory import fit


def case(text: str | None) -> Case:
    return Case(key="a", patient="a", inputs={} if text is None else {"report": text}, labels={}, covariates={})


def answer(tmp_path, text, **settings):
    study, cases = text_tracer()
    model = fit(METHOD, study.model_copy(update={"settings": settings}), cases, tmp_path)
    return next(model.predict([case(text)], scratch=tmp_path))


def test_every_report_of_the_tracer_is_read_without_a_mistake(tmp_path):
    study, cases = text_tracer()
    model = fit(METHOD, study, cases, tmp_path)
    for prediction in model.predict(cases, scratch=tmp_path):
        assert np.array_equal(prediction.answers["findings"].p, cases[prediction.case].labels["findings"].p)


def test_the_evidence_and_the_mesh_headings_go_with_the_answer(tmp_path):
    extras = answer(tmp_path, "No pleural effusion. The heart is enlarged.").extras
    assert extras["evidence"].splitlines() == [
        'report 1: pleural_effusion negated ("effusion", "no")',
        'report 2: cardiomegaly affirmed ("heart is enlarged")',
    ]
    assert extras["mesh"] == "Cardiomegaly"


@pytest.mark.parametrize(("policy", "p"), [("absent", 0.0), ("present", 1.0), ("unknown", np.nan)])
def test_doubt_means_what_the_setting_says(tmp_path, policy, p):
    scores = answer(tmp_path, "Possible pleural effusion.", uncertain=policy).answers["findings"]
    assert np.array_equal(scores.p, [0.0, p, 0.0], equal_nan=True)


@pytest.mark.parametrize("text", ["Kein Erguss, Herz normal.", "   ", None])
def test_what_cannot_be_read_is_refused_with_the_reason(tmp_path, text):
    prediction = answer(tmp_path, text)
    assert prediction.refused
    assert not prediction.answers


def test_a_finding_without_phrases_is_named(tmp_path):
    study, cases = text_tracer()
    target = study.targets[0].model_copy(update={"columns": ("cardiomegly",), "classes": ("cardiomegly",)})
    with pytest.raises(UnknownName, match="Did you mean cardiomegaly"):
        fit(METHOD, study.model_copy(update={"targets": (target,)}), cases, tmp_path)


def test_wrong_settings_are_refused_while_planning(tmp_path):
    study, cases = text_tracer()
    for settings, error in (({"uncertain": "maybe"}, PlanError), ({"vocabulary": "nowhere.csv"}, FileError)):
        with pytest.raises(error):
            fit(METHOD, study.model_copy(update={"settings": settings}), CaseList(cases), tmp_path)
