"""Operate and Refuse: how a score becomes a decision, and when none is made, as `study.yaml` states it.

Pydantic, because strangers write it.
Not: choosing the threshold (stages/operate.py), or which classes a target has (core/study.py).
"""

import math
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Rule = Literal["sensitivity", "specificity", "youden", "fixed"]


class Operate(BaseModel):
    """What of a target is called positive, and from which score on: one of sensitivity, specificity, youden, threshold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    positive: tuple[str, ...] = Field(min_length=1)
    """Classes, grades or findings that count as positive. The score of a case is the sum of their probabilities; of findings, which
    may come together, the largest."""
    sensitivity: float | None = Field(default=None, gt=0, le=1)
    """The highest threshold that still finds this share of the positive tuning cases."""
    specificity: float | None = Field(default=None, gt=0, le=1)
    """The lowest threshold that still spares this share of the negative tuning cases."""
    youden: bool = False
    """The threshold of the largest sensitivity + specificity on the tuning cases."""
    threshold: float | None = Field(default=None, ge=0, le=1)
    """A threshold that was fixed elsewhere; the tuning cases only tell what it does."""
    words: tuple[str, ...] = ()
    """How the two decisions are called, positive first. () = [refer, do not refer], or the class names of a target of two."""

    @field_validator("positive", "words", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_rule(self) -> "Operate":
        given = [n for n in ("sensitivity", "specificity", "threshold") if getattr(self, n) is not None]
        given += ["youden"] if self.youden else []
        if len(given) != 1:
            raise ValueError(
                f"expected one of sensitivity, specificity, youden and threshold in operate, got {', '.join(given) or 'none'}"
            )
        if self.words and len(set(self.words)) != 2:
            raise ValueError(f"expected two different words for the decisions, positive first, got {list(self.words)}")
        return self

    @property
    def rule(self) -> Rule:
        """How the threshold comes about."""
        if self.threshold is not None:
            return "fixed"
        return "youden" if self.youden else "sensitivity" if self.sensitivity is not None else "specificity"

    @property
    def stated(self) -> float:
        """The sensitivity, specificity or threshold asked for; NaN for Youden's."""
        stated = next((v for v in (self.sensitivity, self.specificity, self.threshold) if v is not None), None)
        return math.nan if stated is None else stated


class Refuse(BaseModel):
    """Cases no decision is made on: those of which a target of the study says so, those unlike what was learned from, or both."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    target: str = ""
    """The target that judges: image quality, say."""
    class_: str = Field(default="", alias="class")
    """The class of it that stands for refusal: ungradable."""
    above: float = Field(default=0.5, ge=0, lt=1)
    """A case is refused when its probability of that class is larger."""
    unlike: float | None = Field(default=None, gt=0, lt=0.5)
    """Share of cases like the tuning cases that may be refused because they look unlike the learning cases: 0.01. Such a case gets
    no answer at all."""

    @model_validator(mode="after")
    def _judged_by_something(self) -> "Refuse":
        if not self.target and not self.class_ and self.unlike is None:
            raise ValueError("expected refuse to name a target and a class of it, or `unlike: 0.01`, got neither")
        if bool(self.target) != bool(self.class_):
            raise ValueError(
                f"expected refuse to name a target and a class of it, got only {'the target' if self.target else 'the class'} "
                f"{self.target or self.class_}"
            )
        return self
