"""Findings from report text by rules: a vocabulary, denial and doubt within their scopes, one verdict a finding.

In:   inputs of text (sections of a report); a target whose classes are findings of the vocabulary.
Out:  Scores: 1 present, 0 absent or not mentioned, and what doubt means by setting; in the extras, every mention with its cue
      (`evidence`) and the MeSH headings of what is present (`mesh`).
Not:  nothing is learned from the cases. A report in another language is refused with the reason.

Reference: Chapman et al., J Biomed Inform 2001; 34:301-310 (NegEx); Irvin et al., AAAI 2019, arXiv:1901.07031 (CheXpert labeler).
Differs:   own vocabulary and cues, scopes that end at words; see methods/_reports/mentions.py.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from isocenter.core.case import Case, Cases
from isocenter.core.errors import FileError, PlanError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.scores import Scores
from isocenter.core.study import Study
from isocenter.methods._baselines.labels import targets_of
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods._reports.cues import OWN as OWN_CUES
from isocenter.methods._reports.cues import Cues, read_cues
from isocenter.methods._reports.mentions import State, mentions_of, states_of
from isocenter.methods._reports.sections import refusal, sections_of
from isocenter.methods._reports.vocabulary import OWN as OWN_VOCABULARY
from isocenter.methods._reports.vocabulary import Vocabulary, read_vocabulary

Doubt = Literal["absent", "present", "unknown"]
_DOUBT: Mapping[str, float] = {"absent": 0.0, "present": 1.0, "unknown": math.nan}


@dataclass(frozen=True, kw_only=True)
class ReportRulesSettings:
    """How reports are read."""

    vocabulary: str = ""
    """A CSV file with finding, mesh, phrases, exclusions; "" = the one of chest radiographs that comes with the product."""
    cues: str = ""
    """A CSV file with kind, phrase; "" = the English one that comes with the product."""
    language: str = "en"
    """The language vocabulary and cues are written in; reports in another are refused."""
    uncertain: Doubt = "absent"
    """What a finding is that is only doubted: "absent", "present" or "unknown" (left out)."""

    def __post_init__(self) -> None:
        if self.uncertain not in _DOUBT:
            raise PlanError(f"expected uncertain: {', '.join(_DOUBT)}, got {self.uncertain!r}. Choose one of these.")


class ReportRulesModel:
    """The rules, with the vocabulary they were made with."""

    def __init__(
        self, targets: Mapping[str, tuple[str, ...]], *, vocabulary: Vocabulary, cues: Cues, language: str, uncertain: Doubt
    ) -> None:
        self.targets, self.vocabulary, self.cues, self.language, self.uncertain = targets, vocabulary, cues, language, uncertain

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a report, with its evidence; refused when there is no text, or in another language."""
        del scratch
        for case in cases:
            sections = sections_of(case)
            refused = refusal(sections, (self.language,))
            if refused is not None:
                yield Prediction(case=case.key, answers={}, refused=refused)
                continue
            mentions = mentions_of(sections, self.vocabulary, self.cues)
            states = states_of(mentions, self.vocabulary.names)
            present = [term.mesh[0] for term in self.vocabulary.terms if states[term.name] == "present" and term.mesh]
            yield Prediction(
                case=case.key,
                answers={
                    name: Scores(p=np.array([self._p(states[finding]) for finding in names]), names=names)
                    for name, names in self.targets.items()
                },
                extras={"evidence": "\n".join(map(str, mentions)), "mesh": "; ".join(present)},
            )

    def _p(self, state: State) -> float:
        return _DOUBT[self.uncertain] if state == "uncertain" else float(state == "present")

    def save(self, folder: Path) -> None:
        """Write model.json."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "targets": self.targets,
            "vocabulary": self.vocabulary.to_json(),
            "cues": self.cues.phrases,
            "language": self.language,
            "uncertain": self.uncertain,
        }
        (folder / "model.json").write_text(json.dumps(data, indent=1, ensure_ascii=False), encoding="utf-8")


class ReportRules:
    """A vocabulary and cues, nothing learned."""

    card = Card(
        name="report_rules",
        task="multilabel",
        answers=frozenset({"multilabel"}),
        learned=False,
        cite="Chapman et al., J Biomed Inform 2001; 34:301-310 (NegEx); Irvin et al., AAAI 2019, arXiv:1901.07031 (CheXpert).",
        differs="Own vocabulary and cues; a scope ends at a word or the sentence, not after five tokens.",
        reads="text",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return the settings; reads vocabulary and cues, so that a wrong file is known now."""
        del minutes, gigabytes
        reasons = {
            "vocabulary": "findings of chest radiographs, unless a file is named",
            "uncertain": "doubt as absent agreed better with hand-coded MeSH terms than doubt as present: micro-F1 0.95 against "
            "0.93 on the learning part of reports_indiana",
        }
        plan = baseline_plan(self.card, study, fingerprint, ReportRulesSettings(), reasons)
        _tools(plan.config(ReportRulesSettings))
        return plan

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> ReportRulesModel:
        """Return the rules for the study's findings. UnknownName, with "did you mean", for a finding the vocabulary lacks."""
        del learn, tune, journal
        settings = plan.config(ReportRulesSettings)
        vocabulary, cues = _tools(settings)
        targets = {target.name: tuple(target.classes or target.columns) for target in targets_of(study, self.card)}
        needed = tuple(dict.fromkeys(finding for names in targets.values() for finding in names))
        return ReportRulesModel(
            targets, vocabulary=vocabulary.only(needed), cues=cues, language=settings.language, uncertain=settings.uncertain
        )

    def load(self, folder: Path) -> ReportRulesModel:
        """Return the model `save` wrote. FileError if the folder holds none."""
        try:
            data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            return ReportRulesModel(
                {name: tuple(findings) for name, findings in data["targets"].items()},
                vocabulary=Vocabulary.from_json(data["vocabulary"]),
                cues=Cues(data["cues"]),
                language=data["language"],
                uncertain=data["uncertain"],
            )
        except (OSError, KeyError, ValueError) as error:
            raise FileError(f"expected a saved report_rules model in {folder}, got none ({error}). Train it first.") from error


def _tools(settings: ReportRulesSettings) -> tuple[Vocabulary, Cues]:
    """Read vocabulary and cues."""
    vocabulary = read_vocabulary(Path(settings.vocabulary).expanduser() if settings.vocabulary else OWN_VOCABULARY)
    return vocabulary, read_cues(Path(settings.cues).expanduser() if settings.cues else OWN_CUES)


METHOD = ReportRules()
