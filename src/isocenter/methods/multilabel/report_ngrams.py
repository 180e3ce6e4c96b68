"""Findings from report text by word n-grams: TF-IDF and one logistic regression a finding.

In:   inputs of text; a multilabel target, hand-labeled in the learning cases; NaN = not assessed, left out for that finding.
Out:  Scores: the probability of each finding; NaN for one that was never assessed.
Not:  no evidence for a single answer (report_rules.py); no order of words beyond the n-gram (report_recurrent.py).

Reference: Salton & Buckley, Inf Process Manag 1988; 24:513-523 (TF-IDF); Wang & Manning, ACL 2012, P12-2018 (n-gram baselines).
Differs:   every finding has a classifier of its own; a finding seen in one state alone answers its prevalence.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from isocenter.core.case import Case, Cases
from isocenter.core.errors import FileError, PlanError, StudyError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.scores import Scores
from isocenter.core.study import Study
from isocenter.methods._baselines.labels import targets_of
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods._reports.labels import labeled_reports, text_of
from isocenter.methods._reports.sections import refusal, sections_of


@dataclass(frozen=True, kw_only=True)
class ReportNgramsSettings:
    """How words are counted and weighed."""

    longest: int = 2
    """Words of the longest n-gram; "no effusion" is two."""
    least_reports: int = 2
    """Reports an n-gram must stand in."""
    penalty: float = 0.02
    """Strength of the L2 penalty (1 / C of the regression)."""
    balanced: bool = True
    """Weigh present and absent alike, however rare a finding is."""

    def __post_init__(self) -> None:
        if self.longest < 1 or self.least_reports < 1 or self.penalty <= 0:
            raise PlanError(
                f"expected longest >= 1, least_reports >= 1 and penalty > 0, got "
                f"{self.longest}, {self.least_reports}, {self.penalty}."
            )


class ReportNgramsModel:
    """n-grams, their weights, and a linear score a finding."""

    def __init__(
        self,
        *,
        target: str,
        names: tuple[str, ...],
        languages: tuple[str, ...],
        longest: int,
        terms: tuple[str, ...],
        weights: Mapping[str, NDArray[np.float64]],
    ) -> None:
        self.target, self.names, self.languages, self.longest, self.terms = target, names, languages, longest, terms
        self.weights = weights
        """idf (T,), coefficients (K, T), intercept (K,); NaN intercept = never assessed."""
        self._vectors = _vectorizer(longest, vocabulary={term: i for i, term in enumerate(terms)})
        self._vectors.idf_ = weights["idf"]

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a report; refused when there is no text, or in a language not learned from."""
        del scratch
        for case in cases:
            sections = sections_of(case)
            refused = refusal(sections, self.languages)
            if refused is not None:
                yield Prediction(case=case.key, answers={}, refused=refused)
                continue
            counted = self._vectors.transform([text_of(sections.items())])
            score = counted @ self.weights["coefficients"].T + self.weights["intercept"]
            yield Prediction(case=case.key, answers={self.target: Scores(p=expit(np.asarray(score)[0]), names=self.names)})

    def save(self, folder: Path) -> None:
        """Write model.json and model.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {name: getattr(self, name) for name in ("target", "names", "languages", "longest", "terms")}
        (folder / "model.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        save_file({name: np.ascontiguousarray(array) for name, array in self.weights.items()}, folder / "model.safetensors")


class ReportNgrams:
    """Counts of words and linear classifiers."""

    card = Card(
        name="report_ngrams",
        task="multilabel",
        answers=frozenset({"multilabel"}),
        learned=True,
        cite="Salton & Buckley, Inf Process Manag 1988; 24:513-523; Wang & Manning, ACL 2012, P12-2018.",
        differs="One logistic regression a finding, over the reports in which it was assessed.",
        reads="text",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return the settings; nothing is timed, since a thousand reports take seconds."""
        del minutes, gigabytes
        reasons = {
            "longest": "pairs of words did better than triples on the tuning part of reports_indiana",
            "balanced": "most findings are rare, and a missed one costs more than a false alarm that a reader can look up",
        }
        return baseline_plan(self.card, study, fingerprint, ReportNgramsSettings(), reasons, minutes_a_case=0.0005, gigabytes=0.5)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> ReportNgramsModel:
        """Count and fit. StudyError when no learning report carries a label."""
        del tune, journal
        settings = plan.config(ReportNgramsSettings)
        target = targets_of(study, self.card)[0]
        reports = labeled_reports(target, learn)
        least = settings.least_reports if len(reports.texts) >= 2 * settings.least_reports else 1
        vectors = _vectorizer(settings.longest, least_reports=least)
        try:
            counted = csr_matrix(vectors.fit_transform(reports.texts))
        except ValueError as error:
            raise StudyError(f"expected words that stand in {least} reports or more, got: {error}. Set least_reports: 1.") from None
        fitted = [_classifier(counted, reports.labels[:, k], settings, seed=plan.seed) for k in range(reports.labels.shape[1])]
        return ReportNgramsModel(
            target=target.name,
            names=tuple(target.classes or target.columns),
            languages=reports.languages,
            longest=settings.longest,
            terms=tuple(str(term) for term in vectors.get_feature_names_out()),
            weights={
                "idf": np.asarray(vectors.idf_, float),
                "coefficients": np.stack([row[:-1] for row in fitted]),
                "intercept": np.array([row[-1] for row in fitted]),
            },
        )

    def load(self, folder: Path) -> ReportNgramsModel:
        """Return the model `save` wrote. FileError if the folder holds none."""
        try:
            data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            weights = load_file(folder / "model.safetensors")
            lists = {name: tuple(data[name]) for name in ("names", "languages", "terms")}
            return ReportNgramsModel(target=data["target"], longest=data["longest"], weights=weights, **lists)
        except (OSError, KeyError, ValueError) as error:
            raise FileError(f"expected a saved report_ngrams model in {folder}, got none ({error}). Train it first.") from error


def _vectorizer(longest: int, *, least_reports: int = 1, vocabulary: Mapping[str, int] | None = None) -> Any:
    """Return what counts n-grams of words joined by single spaces, and weighs them."""
    return TfidfVectorizer(
        analyzer="word",
        token_pattern=r"[^\s,;:()]+",
        lowercase=False,
        ngram_range=(1, longest),
        min_df=least_reports,
        sublinear_tf=True,
        vocabulary=vocabulary,
    )


def _classifier(counted: Any, labels: NDArray[np.float64], settings: ReportNgramsSettings, *, seed: int) -> NDArray[np.float64]:
    """Return coefficients and intercept (T + 1,) of one finding; the prevalence alone where it has one state, NaN where none."""
    known = ~np.isnan(labels)
    width = counted.shape[1]
    constant = np.zeros(width + 1)
    if not known.any():
        constant[-1] = np.nan
        return constant
    present = labels[known] > 0.5
    if present.all() or not present.any():
        share = (present.sum() + 0.5) / (present.size + 1.0)
        constant[-1] = np.log(share / (1 - share))
        return constant
    model = LogisticRegression(
        C=1.0 / settings.penalty,
        class_weight="balanced" if settings.balanced else None,
        solver="liblinear",
        random_state=seed,
        max_iter=1000,
    )
    model.fit(counted[np.flatnonzero(known)], present)
    return np.concatenate([np.asarray(model.coef_[0], float), np.asarray(model.intercept_, float)])


METHOD = ReportNgrams()
