"""Sentences of a report: what a negation cannot reach across.

In:   report text by section ("findings", "impression").
Out:  Sentence: section, number from 0, and the words in lower case, punctuation as words of its own, joined by single spaces.
Not:  no grammar. A full stop inside a number or after a common abbreviation ends nothing; a line break with a blank line, a bullet
      or a number at its start does.
"""

import re
from collections.abc import Iterator, Mapping

from isocenter.core.record import Record

_ABBREVIATIONS = frozenset({"dr", "mr", "mrs", "vs", "approx", "st", "e.g", "i.e", "cf", "fig"})
_WORD = re.compile(r"[^\W_]+(?:[-'’./][^\W_]+)*|[,;:()]|[^\w\s]")
_BREAK = re.compile(r"(?<=[.!?])[\s\"')\]]+(?=\S)|\.(?=[A-Z][a-z])|\n\s*\n|\n\s*(?=(?:[-*•]|\d+[.)])\s)|(?<=\s)(?=\d+[.)]\s+[A-Z])")
_NUMBERING = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")


class Sentence(Record):
    """One sentence."""

    section: str
    number: int
    """In its section, from 0."""
    text: str
    """As written, without numbering."""
    words: str
    """Lower case, words and punctuation joined by single spaces; no full stop at the end."""


def sentences_of(sections: Mapping[str, str]) -> Iterator[Sentence]:
    """Yield the sentences of a report, section by section; nothing for an empty text."""
    for section, text in sections.items():
        number = 0
        for part in _parts(text):
            words = words_of(part)
            if words:
                yield Sentence(section=section, number=number, text=part, words=words)
                number += 1


def words_of(text: str) -> str:
    """Return the words and punctuation of a text, lower case, joined by single spaces.

    A full stop at the end is dropped; a question mark stays: it is doubt.
    """
    return " ".join(_WORD.findall(text.lower())).rstrip(" .!").strip()


def _parts(text: str) -> Iterator[str]:
    held = ""
    for piece in _split(text):
        held += piece
        last = (held.rstrip(" .").rsplit(maxsplit=1)[-1:] or [""])[0].lower()
        abbreviated = held.rstrip().endswith(".") and (last in _ABBREVIATIONS or held.strip(" .").isdigit())
        if abbreviated:
            held += " "
            continue
        cleaned = _NUMBERING.sub("", held).strip()
        if cleaned:
            yield cleaned
        held = ""
    if held.strip():
        yield _NUMBERING.sub("", held).strip()


def _split(text: str) -> Iterator[str]:
    start = 0
    for match in _BREAK.finditer(text):
        end = match.end() if match.group().startswith(".") else match.start()
        yield text[start:end]
        start = match.end()
    yield text[start:]
