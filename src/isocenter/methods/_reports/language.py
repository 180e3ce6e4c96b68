"""Language of a report: told by its small words and the commonest words of radiology.

In:   report text.
Out:  a code ("en"), "" where the text is too short to tell, "other" for a language or a script that is not in the list.
Not:  no translation. Words common to several languages count for all of them, so only a clear lead decides.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

OTHER = "other"
"""None of the languages of the list."""
_LIST = Path(__file__).parent / "languages.csv"
_LATIN = re.compile(r"[a-zà-öø-ÿœ]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ENOUGH = 8
"""Words from which a text that holds no known word at all is called other."""


def language_of(text: str) -> str:
    """Return the language of a text.

    return : a code of the list; "" for an empty text, and for one of few words that fit several languages or none.
    """
    words = _WORD.findall(text.lower())
    letters = [c for word in words for c in word]
    if not letters:
        return ""
    if sum(bool(_LATIN.match(c)) for c in letters) < len(letters) / 2:
        return OTHER
    counts = {code: sum(word in known for word in words) for code, known in languages().items()}
    first, second = sorted(counts, key=lambda code: -counts[code])[:2]
    if counts[first] == 0:
        return OTHER if len(words) >= _ENOUGH else ""
    if len(words) >= _ENOUGH and counts[first] < len(words) / 12:
        return OTHER
    return first if counts[first] > counts[second] else ""


@cache
def languages() -> Mapping[str, frozenset[str]]:
    """Return the words of each language that can be told."""
    with _LIST.open(newline="", encoding="utf-8") as file:
        return {row["language"]: frozenset(row["words"].split()) for row in csv.DictReader(file)}
