"""Labelers learned from hand-labeled reports: what they learn, what they leave out, and where they go on."""

import numpy as np
import pytest
import torch

from isocenter.core.scores import Scores
from isocenter.methods._reports.labels import labeled_reports
from isocenter.methods._reports.recurrent import (
    NOTHING,
    UNKNOWN,
    ReadingLesson,
    RecurrentReader,
    learn_words,
    masked_loss,
    number_words,
)
from isocenter.methods.multilabel import report_ngrams, report_recurrent
from isocenter.phantoms.tracer.texts import reports

from ..in_memory import fit


def mixed(each: int):
    """The tracer of reports in random order, so that what is learned from holds every stratum."""
    study, cases = reports(np.random.default_rng(0), each=each)
    return study, cases.select(np.random.default_rng(1).permutation(list(cases.keys)).tolist())


def right(model, cases, scratch) -> float:
    """Share of findings answered as labeled."""
    answers = np.stack([p.answers["findings"].p for p in model.predict(cases, scratch=scratch)])
    return float(((answers >= 0.5) == np.stack([c.labels["findings"].p for c in cases])).mean())


def test_ngrams_learn_what_denies_a_finding(tmp_path):
    study, cases = mixed(20)
    assert right(fit(report_ngrams.METHOD, study, cases, tmp_path), cases, tmp_path) == 1.0


@pytest.mark.slow
def test_the_recurrent_network_learns_what_denies_a_finding(tmp_path):
    study, cases = mixed(40)
    assert right(fit(report_recurrent.METHOD, study, cases, tmp_path, minutes=1.0), cases, tmp_path) > 0.95


@pytest.mark.parametrize("state", [0.0, 1.0])
def test_a_finding_seen_in_one_state_alone_answers_its_prevalence(tmp_path, state):
    study, cases = reports(np.random.default_rng(0), each=5)
    for case in cases:
        case.labels["findings"].p[2] = state
        case.labels["findings"].p[0] = np.nan
    model = fit(report_ngrams.METHOD, study, cases, tmp_path)
    p = next(iter(model.predict(cases, scratch=tmp_path))).answers["findings"].p
    assert np.isnan(p[0])
    assert abs(p[2] - state) < 0.1


def test_a_report_in_a_language_not_learned_from_is_refused(tmp_path):
    study, cases = reports(np.random.default_rng(0), each=5)
    model = fit(report_ngrams.METHOD, study, cases, tmp_path)
    case = type(next(iter(cases)))(
        key="x", patient="x", inputs={"report": "Kein Erguss, das Herz ist normal."}, labels={}, covariates={}
    )
    assert "looks like de" in next(model.predict([case], scratch=tmp_path)).refused


def test_texts_and_labels_line_up():
    study, cases = reports(np.random.default_rng(0), each=2)
    made = labeled_reports(study.targets[0], cases)
    assert len(made.texts) == len(made.labels) == 8
    assert made.languages == ("en",)
    assert isinstance(next(iter(cases)).labels["findings"], Scores)


def test_words_are_numbered_padded_and_cut():
    words = learn_words(["no effusion", "effusion seen"], least=1)
    assert words[0] == "effusion"
    known = {word: i for i, word in enumerate(words, start=UNKNOWN + 1)}
    table = number_words(["effusion", "new effusion seen here"], known, longest=3)
    assert table.shape == (2, 3)
    assert table[0].tolist() == [2, NOTHING, NOTHING]
    assert table[1, 0] == UNKNOWN
    assert number_words([], known, longest=3).shape == (0, 1)


def test_padding_changes_no_answer():
    network = RecurrentReader(words=10, findings=2, width=8, dropout=0.0).eval()
    short, padded = torch.tensor([[3, 4, 5]]), torch.tensor([[3, 4, 5, NOTHING, NOTHING]])
    ahead = network.read(network.embed(short))[0][..., :8]
    torch.testing.assert_close(ahead, network.read(network.embed(padded))[0][:, :3, :8])
    assert network(torch.tensor([[NOTHING]])).isfinite().all()


def test_what_was_not_assessed_costs_nothing():
    logits, weight = torch.tensor([[5.0, -5.0]]), torch.ones(2)
    assert masked_loss(logits, torch.tensor([[1.0, float("nan")]]), weight) < 0.01
    assert masked_loss(logits, torch.full((1, 2), float("nan")), weight) == 0


def test_a_lesson_goes_on_where_its_state_was():
    texts, labels = [f"w{i}" for i in range(7)], np.zeros((7, 1))
    known = {text: i + 2 for i, text in enumerate(texts)}

    def lesson():
        return ReadingLesson(texts, labels, known, longest=4, batch=3, seed=0)

    def drawn(of, times):
        seen = []
        for _ in range(times):
            of.loss(lambda words: seen.append(words.ravel().tolist()) or torch.zeros(len(words), 1), lambda tensor: tensor)
        return seen

    first = lesson()
    drawn(first, 2)
    state = first.state()
    second = lesson()
    second.restore(state)
    assert drawn(first, 4) == drawn(second, 4)
