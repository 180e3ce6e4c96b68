"""Vocabulary: which phrases speak of a finding, and which MeSH headings it is coded with.

In:   a CSV file: finding, mesh, phrases, exclusions; entries of one cell joined by "|".
Out:  Vocabulary: a pattern a finding; JSON and back, so that a model keeps the one it was made with.
Not:  no negation (cues.py), no report (mentions.py).

A phrase is words; `effusion*` also matches longer words; ` .. ` stands for up to five words in between. A mention that overlaps
an exclusion ("pericardial effusion") is none. A MeSH entry is a heading ("Pleural Effusion") or a heading with its first
qualifier ("Aorta/tortuous").
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from isocenter.core.errors import FileError, UnknownName
from isocenter.core.record import Record

COLUMNS = ("finding", "mesh", "phrases", "exclusions")
OWN = Path(__file__).parent / "vocabulary_en.csv"
"""The vocabulary of chest radiographs in English that comes with the product."""
_GAP = r"(?: \S+){0,5}? "


class Term(Record):
    """One finding."""

    name: str
    mesh: tuple[str, ...]
    """Headings, or heading/qualifier; the first is the code that is printed."""
    phrases: tuple[str, ...]
    exclusions: tuple[str, ...] = ()

    def is_coded(self, headings: Iterable[str]) -> bool:
        """Tell whether MeSH entries as a coder wrote them ("Opacity/lung/base/left") hold this finding."""
        coded = set()
        for entry in headings:
            parts = [part.strip() for part in entry.split("/")]
            coded |= {parts[0], "/".join(parts[:2])}
        return not coded.isdisjoint(self.mesh)


class Vocabulary:
    """The findings, in the order of the file, and how to find them in a sentence."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(terms)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the findings."""
        return tuple(term.name for term in self.terms)

    def only(self, names: Sequence[str]) -> "Vocabulary":
        """Return these findings, in this order. UnknownName, with "did you mean", for one that is not there."""
        of = {term.name: term for term in self.terms}
        for name in names:
            if name not in of:
                raise UnknownName("finding of the vocabulary", name, of)
        return Vocabulary([of[name] for name in names])

    def find(self, sentence: str) -> list[tuple[str, int, int]]:
        """Return (finding, start, end) of every mention in a sentence of lower-case words joined by single spaces."""
        found = []
        for name, wanted, unwanted in self._patterns:
            barred = [match.span() for match in unwanted.finditer(sentence)] if unwanted is not None else []
            for match in wanted.finditer(sentence):
                start, end = match.span()
                if not any(start < stop and begin < end for begin, stop in barred):
                    found.append((name, start, end))
        return sorted(found, key=lambda mention: mention[1])

    @cached_property
    def _patterns(self) -> tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...]:
        return tuple(
            (term.name, phrase_pattern(term.phrases), phrase_pattern(term.exclusions) if term.exclusions else None)
            for term in self.terms
        )

    def to_json(self) -> list[dict[str, object]]:
        """Return plain data."""
        return [{name: getattr(t, name) for name in ("name", "mesh", "phrases", "exclusions")} for t in self.terms]

    @classmethod
    def from_json(cls, data: Iterable[Mapping[str, object]]) -> "Vocabulary":
        """Return what `to_json` gave."""
        return cls(
            [_term({key: value if isinstance(value, str) else tuple(_texts(value)) for key, value in row.items()}) for row in data]
        )


def phrase_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return one pattern for phrases: words, `*` at the end of a word, ` .. ` for up to five words; the longest phrase first."""
    parts = [_GAP.join(_words(part) for part in phrase.lower().split(" .. ")) for phrase in sorted(phrases, key=len, reverse=True)]
    return re.compile(r"(?<!\S)(?:" + "|".join(parts) + r")(?!\S)")


def read_vocabulary(path: Path = OWN) -> Vocabulary:
    """Read a vocabulary. FileError, with the line, when it lacks a column, a name or a phrase, or names a finding twice."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"cannot read the vocabulary {path}: {error}. Give a CSV file with {', '.join(COLUMNS)}.") from None
    lacking = [name for name in COLUMNS if rows and name not in rows[0]]
    if lacking or not rows:
        raise FileError(
            f"{path.name}: expected rows with the columns {', '.join(COLUMNS)}, got none of {', '.join(lacking) or 'any'}."
        )
    seen: set[str] = set()
    terms = []
    for line, row in enumerate(rows, start=2):
        name, phrases = row["finding"].strip(), _entries(row["phrases"])
        if not name or not phrases or name in seen:
            raise FileError(f"{path.name}, line {line}: expected a finding named once, with a phrase at least, got {name!r}.")
        seen.add(name)
        terms.append(Term(name=name, mesh=_entries(row["mesh"]), phrases=phrases, exclusions=_entries(row["exclusions"])))
    return Vocabulary(terms)


def _entries(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (cell or "").split("|") if part.strip())


def _words(phrase: str) -> str:
    """Return a phrase as a pattern; `*` at the end of a word stands for the rest of it."""
    return " ".join(re.escape(word.rstrip("*")) + (r"\S*" if word.endswith("*") else "") for word in phrase.split())


def _texts(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list | tuple) else []


def _term(fields: Mapping[str, str | tuple[str, ...]]) -> Term:
    def many(name: str) -> tuple[str, ...]:
        value = fields.get(name, ())
        return value if isinstance(value, tuple) else (value,)

    return Term(name=str(fields["name"]), mesh=many("mesh"), phrases=many("phrases"), exclusions=many("exclusions"))
