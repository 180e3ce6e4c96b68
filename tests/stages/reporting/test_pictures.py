"""Which cases of an exam label are shown, and what stands above each."""

import math

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.scores import Scores
from isocenter.phantoms.tracer.tracer import tracer
from isocenter.stages.reporting.pictures import in_words
from isocenter.stages.run import run

from ..tracer_files import write_tracer


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Scores(p=np.array([0.0, 1.0]), names=("benign", "malignant")), "malignant"),
        (Scores(p=np.array([0.3, 0.7]), names=("benign", "malignant")), "malignant (0.70)"),
        (Scores(p=np.full(2, np.nan), names=("benign", "malignant")), "not assessed"),
        (Amount(value=12.0, unit="spots"), "12 spots"),
        (Amount(value=math.nan, unit="%", low=6.0, high=25.0), "6 to 25 %"),
    ],
)
def test_a_label_and_an_answer_in_words(value, words):
    assert in_words(value) == words


def test_the_largest_errors_of_an_exam_label_are_shown(tmp_path):
    study, cases = tracer("value")
    done = run(write_tracer(study.model_copy(update={"method": "training_mean"}), cases, tmp_path / "study"), out=tmp_path / "run")
    assert (done.path / "figures" / "largest_errors.png").is_file()
    assert "The largest errors" in (done.path / "report.html").read_text(encoding="utf-8")
