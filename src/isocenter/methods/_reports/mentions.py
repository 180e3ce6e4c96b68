"""Mentions: every place where a report speaks of a finding, and whether it affirms, denies or doubts it.

In:   sentences, a vocabulary, cues.
Out:  Mention: finding, status, the phrase, the cue that decided; the state of each finding in the whole report.
Not:  no policy for doubt (report_rules.py).

A cue reaches from where it stands to the end of the sentence (or to its beginning), but not past a word that ends scopes, nor past
another finding's own cue. Denial outweighs doubt, except where the cue itself is doubt about denial ("cannot exclude").

Reference: Chapman et al., J Biomed Inform 2001; 34:301-310 (NegEx); Irvin et al., AAAI 2019, arXiv:1901.07031 (CheXpert).
Differs:   own phrases; scopes end at words, not after five tokens; a cue may stand inside a mention ("heart is not enlarged").
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from isocenter.core.record import Record
from isocenter.methods._reports.cues import Cue, Cues
from isocenter.methods._reports.sentences import Sentence, sentences_of
from isocenter.methods._reports.vocabulary import Vocabulary

Status = Literal["affirmed", "negated", "uncertain"]
State = Literal["present", "uncertain", "absent", "unmentioned"]


class Mention(Record):
    """One finding in one sentence."""

    finding: str
    status: Status
    section: str
    sentence: int
    phrase: str
    """The words that name it, as matched."""
    cue: str
    """The words that deny or doubt it; "" when affirmed."""

    def __str__(self) -> str:
        """Say it in a line."""
        because = f', "{self.cue}"' if self.cue else ""
        return f'{self.section} {self.sentence + 1}: {self.finding} {self.status} ("{self.phrase}"{because})'


def mentions_of(sections: Mapping[str, str], vocabulary: Vocabulary, cues: Cues) -> list[Mention]:
    """Return every mention of a report, in order."""
    return [mention for sentence in sentences_of(sections) for mention in mentions_in(sentence, vocabulary, cues)]


def mentions_in(sentence: Sentence, vocabulary: Vocabulary, cues: Cues) -> list[Mention]:
    """Return the mentions of one sentence."""
    found = vocabulary.find(sentence.words)
    if not found:
        return []
    marks = cues.find(sentence.words)
    mentions = []
    for name, start, end in found:
        status, cue = _status(marks, end)
        mentions.append(
            Mention(
                finding=name,
                status=status,
                section=sentence.section,
                sentence=sentence.number,
                phrase=sentence.words[start:end],
                cue=sentence.words[cue.start : cue.end] if cue is not None else "",
            )
        )
    return mentions


def states_of(mentions: Iterable[Mention], names: Sequence[str]) -> dict[str, State]:
    """Return what the whole report says of each finding: one affirmation is enough, then one doubt, then one denial."""
    said: dict[str, set[Status]] = {name: set() for name in names}
    for mention in mentions:
        said.setdefault(mention.finding, set()).add(mention.status)
    return {name: _state(said[name]) for name in names}


def _state(said: set[Status]) -> State:
    if "affirmed" in said:
        return "present"
    if "uncertain" in said:
        return "uncertain"
    return "absent" if "negated" in said else "unmentioned"


def _status(marks: Sequence[Cue], end: int) -> tuple[Status, Cue | None]:
    """Return what the cues of a sentence make of a mention that ends at a character, and the cue that decides."""
    before = [m for m in marks if m.start < end]  # a cue inside the mention counts as before it
    after = [m for m in marks if m.start >= end]
    reaching = [*_reaching(reversed(before), "after"), *_reaching(after, "before")]
    for kind, status in (("negated", "negated"), ("uncertain", "uncertain")):
        for side, cue in reaching:
            if f"{kind}_{side}_this" in cue.kinds:
                return status, cue  # type: ignore[return-value]
    return "affirmed", None


def _reaching(marks: Iterable[Cue], side: str) -> list[tuple[str, Cue]]:
    """Return the cues on one side of a mention, nearest first, that no end of a scope cuts off."""
    reaching = []
    for mark in marks:
        if "ends_a_scope" in mark.kinds:
            break
        if any(kind.endswith(f"_{side}_this") for kind in mark.kinds):
            reaching.append((side, mark))
    return reaching
