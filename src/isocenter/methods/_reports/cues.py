"""Cues: the words that deny or doubt a finding, and how far they reach.

In:   a CSV file: kind, phrase. Kinds: negated_after_this ("no"), negated_before_this ("has resolved"), uncertain_after_this ("may
      represent"), uncertain_before_this ("cannot be excluded"), ends_a_scope ("but"), says_nothing ("no change" denies nothing).
Out:  Cues: the cues of a sentence, the longest first where several match ("not excluded" is no "not").
Not:  no findings (vocabulary.py); what a cue does to a mention (mentions.py).
"""

import csv
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

from isocenter.core.errors import FileError, unknown
from isocenter.core.record import Record
from isocenter.methods._reports.vocabulary import phrase_pattern

CueKind = Literal[
    "negated_after_this", "negated_before_this", "uncertain_after_this", "uncertain_before_this", "ends_a_scope", "says_nothing"
]
OWN = Path(__file__).parent / "cues_en.csv"
"""The cues of English that come with the product."""


class Cue(Record):
    """One cue in one sentence, where it stands (characters)."""

    kinds: frozenset[str]
    start: int
    end: int


class Cues:
    """All cues of a language: phrases by kind."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self.phrases = {kind: tuple(words) for kind, words in phrases.items()}

    def find(self, sentence: str) -> list[Cue]:
        """Return the cues of a sentence (lower-case words, single spaces) from left to right; none overlaps another."""
        return [
            Cue(kinds=self._kinds[match.group()], start=match.start(), end=match.end())
            for match in self._pattern.finditer(sentence)
        ]

    @cached_property
    def _kinds(self) -> Mapping[str, frozenset[str]]:
        every = {phrase for phrases in self.phrases.values() for phrase in phrases}
        return {phrase: frozenset(k for k, phrases in self.phrases.items() if phrase in phrases) for phrase in every}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return phrase_pattern(self._kinds)


def read_cues(path: Path = OWN) -> Cues:
    """Read cues. FileError, with the line, for a kind that does not exist or an empty phrase."""
    phrases: dict[str, list[str]] = {kind: [] for kind in get_args(CueKind)}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"cannot read the cues {path}: {error}. Give a CSV file with kind, phrase.") from None
    for line, row in enumerate(rows, start=2):
        kind, phrase = (row.get("kind") or "").strip(), (row.get("phrase") or "").strip().lower()
        if kind not in phrases or not phrase:
            raise FileError(f"{path.name}, line {line}: {unknown('kind of cue', kind, phrases)} Each line has a kind and a phrase.")
        if "*" in phrase or ".." in phrase:
            raise FileError(f"{path.name}, line {line}: expected a cue of whole words, got {phrase!r}. Write a line for each form.")
        phrases[kind].append(phrase)
    return Cues(phrases)
