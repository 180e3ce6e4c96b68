"""Findings from report text by a small recurrent network over its words.

In:   inputs of text; a multilabel target, hand-labeled in the learning cases; NaN = not assessed, left out of the loss.
Out:  Scores: the probability of each finding.
Not:  the network and its lesson (methods/_reports/recurrent.py); no evidence for a single answer (report_rules.py).

Reference: Cho et al., EMNLP 2014, arXiv:1406.1078 (GRU); Bustos et al., Med Image Anal 2020, arXiv:1901.07441 (PadChest).
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from isocenter.core.case import Case, Cases
from isocenter.core.errors import FileError, PlanError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan, as_config
from isocenter.core.prediction import Prediction
from isocenter.core.scores import Scores
from isocenter.core.study import Study
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner
from isocenter.learning.loop import run_loop
from isocenter.learning.weights import read_weights, write_weights
from isocenter.methods._baselines.labels import targets_of
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods._reports.labels import LabeledReports, labeled_reports, text_of
from isocenter.methods._reports.recurrent import (
    UNKNOWN,
    ReadingLesson,
    RecurrentReader,
    learn_words,
    masked_loss,
    number_words,
)
from isocenter.methods._reports.sections import refusal, sections_of

ROUNDS = 15
"""How often each report is read at most."""
FEWEST_STEPS = 20
TIMED_STEPS = 4


@dataclass(frozen=True, kw_only=True)
class ReportRecurrentSettings:
    """One network and its training."""

    width: int = 64
    """Numbers a word, and states in each direction."""
    dropout: float = 0.3
    batch: int = 32
    learning_rate: float = 3e-3
    """Peak of the one-cycle schedule."""
    least_reports: int = 2
    """Reports a word must stand in to be known."""
    longest: int = 256
    """Words read of a report; what comes after is not seen."""

    def __post_init__(self) -> None:
        if (
            min(self.width, self.batch, self.least_reports, self.longest) < 1
            or not 0 <= self.dropout < 1
            or self.learning_rate <= 0
        ):
            raise PlanError("expected width, batch, least_reports and longest >= 1, 0 <= dropout < 1 and learning_rate > 0.")


class ReportRecurrentModel:
    """A network with the words it knows."""

    def __init__(
        self,
        network: RecurrentReader,
        *,
        target: str,
        names: tuple[str, ...],
        words: tuple[str, ...],
        languages: tuple[str, ...],
        settings: ReportRecurrentSettings,
    ) -> None:
        self.network, self.target, self.names, self.words, self.languages = network.eval(), target, names, words, languages
        self.settings = settings
        self._known = numbers_of(words)

    @torch.no_grad()
    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a report; refused when there is no text, or in a language not learned from."""
        del scratch
        for case in cases:
            sections = sections_of(case)
            refused = refusal(sections, self.languages)
            if refused is not None:
                yield Prediction(case=case.key, answers={}, refused=refused)
                continue
            words = number_words([text_of(sections.items())], self._known, longest=self.settings.longest)
            p = torch.sigmoid(self.network(torch.from_numpy(words)))[0].double().numpy()
            yield Prediction(case=case.key, answers={self.target: Scores(p=p, names=self.names)})

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        write_weights(self.network, folder / "weights.safetensors")
        data = {name: getattr(self, name) for name in ("target", "names", "words", "languages")}
        text = json.dumps(data | {"settings": asdict(self.settings)}, ensure_ascii=False)
        (folder / "model.json").write_text(text, encoding="utf-8")


class ReportRecurrent:
    """A gated recurrent network in both directions."""

    card = Card(
        name="report_recurrent",
        task="multilabel",
        answers=frozenset({"multilabel"}),
        learned=True,
        cite="Cho et al., EMNLP 2014, arXiv:1406.1078; Bustos et al., Med Image Anal 2020, arXiv:1901.07441.",
        differs="One GRU layer in each direction and the maximum over words; no word vectors from elsewhere.",
        reads="text",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose how many steps fit; times a few."""
        del gigabytes
        made = baseline_plan(self.card, study, fingerprint, ReportRecurrentSettings(), {}, gigabytes=1.0)
        settings = made.config(ReportRecurrentSettings)
        reports = max(1, int(fingerprint.get("cases", 0) or 0))
        wanted = max(FEWEST_STEPS, ROUNDS * -(-reports // settings.batch))
        seconds = _seconds_a_step(settings)
        affordable = max(FEWEST_STEPS, int(minutes * 60 / seconds))
        steps = min(wanted, affordable)
        warnings = [] if steps == wanted else [f"{minutes:g} minutes hold {steps} steps of the {wanted} that {ROUNDS} rounds take"]
        return replace(
            made,
            steps=steps,
            minutes=round(steps * seconds / 60, 3),
            sane=steps >= wanted / 4,
            warnings=(*made.warnings, *warnings),
        )

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> ReportRecurrentModel:
        """Train from where the journal's state stands. StudyError when no learning report carries a label."""
        settings = plan.config(ReportRecurrentSettings)
        target = targets_of(study, self.card)[0]
        reports = labeled_reports(target, learn)
        tuning = labeled_reports(target, tune, some=False)
        least = settings.least_reports if len(reports.texts) >= 2 * settings.least_reports else 1
        words = learn_words(reports.texts, least=least)
        known = numbers_of(words)
        torch.manual_seed(plan.seed)
        names = tuple(target.classes or target.columns)
        lesson = ReadingLesson(reports.texts, reports.labels, known, longest=settings.longest, batch=settings.batch, seed=plan.seed)

        def evaluate(network: nn.Module) -> Mapping[str, float]:
            return _tuning_loss(network, tuning, known, settings)

        learner = _learner(
            _network(settings, words=len(words), findings=len(names)), lesson, settings, plan.steps, plan.seed, evaluate
        )
        run_loop(learner, journal, steps=plan.steps)
        network = learner.ema.network.cpu()
        return ReportRecurrentModel(
            network,  # type: ignore[arg-type]
            target=target.name,
            names=names,
            words=words,
            languages=reports.languages,
            settings=settings,
        )

    def load(self, folder: Path) -> ReportRecurrentModel:
        """Return the model `save` wrote. FileError if the folder holds none."""
        try:
            data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            settings = as_config(ReportRecurrentSettings, data["settings"], method=self.card.name)
            lists = {name: tuple(data[name]) for name in ("names", "words", "languages")}
        except (OSError, KeyError, ValueError) as error:
            raise FileError(f"expected a saved report_recurrent model in {folder}, got none ({error}). Train it first.") from error
        network = _network(settings, words=len(lists["words"]), findings=len(lists["names"]))
        read_weights(network, folder / "weights.safetensors")
        return ReportRecurrentModel(network, target=data["target"], settings=settings, **lists)


def numbers_of(words: tuple[str, ...]) -> dict[str, int]:
    """Return the number of each known word."""
    return {word: number for number, word in enumerate(words, start=UNKNOWN + 1)}


def _network(settings: ReportRecurrentSettings, *, words: int, findings: int) -> RecurrentReader:
    return RecurrentReader(words=words + UNKNOWN + 1, findings=findings, width=settings.width, dropout=settings.dropout)


def _learner(
    network: RecurrentReader, lesson: ReadingLesson, settings: ReportRecurrentSettings, steps: int, seed: int, evaluate: Any
) -> GradientLearner:
    config = GradientConfig(dimensions=0, steps=steps, learning_rate=settings.learning_rate, channels_last=False, seed=seed)
    return GradientLearner(network, lesson, config, evaluate=evaluate)


@torch.no_grad()
def _tuning_loss(
    network: nn.Module, tuning: LabeledReports, known: Mapping[str, int], settings: ReportRecurrentSettings
) -> Mapping[str, float]:
    """Return the unweighted loss on the tuning reports; {} when there are none."""
    if not tuning.texts:
        return {}
    place = next(network.parameters()).device
    losses = []
    for start in range(0, len(tuning.texts), settings.batch):
        part = slice(start, start + settings.batch)
        words = torch.from_numpy(number_words(tuning.texts[part], known, longest=settings.longest)).to(place)
        labels = torch.from_numpy(tuning.labels[part]).float().to(place)
        losses.append(float(masked_loss(network(words), labels, torch.ones(labels.shape[1], device=place))))
    return {"tuning_loss": float(np.mean(losses))}


def _seconds_a_step(settings: ReportRecurrentSettings) -> float:
    """Time steps on made-up reports of 60 words, after one that allocates."""
    rng = np.random.default_rng(0)
    texts = [" ".join(f"w{number}" for number in rng.integers(0, 500, 60)) for _ in range(settings.batch)]
    words = learn_words(texts, least=1)
    lesson = ReadingLesson(
        texts, np.zeros((len(texts), 10)), numbers_of(words), longest=settings.longest, batch=settings.batch, seed=0
    )
    learner = _learner(_network(settings, words=len(words), findings=10), lesson, settings, 100, 0, lambda network: {})  # noqa: ARG005
    learner.step(0)
    began = time.monotonic()
    for step in range(1, TIMED_STEPS + 1):
        learner.step(step)
    return max((time.monotonic() - began) / TIMED_STEPS, 1e-4)


METHOD = ReportRecurrent()
