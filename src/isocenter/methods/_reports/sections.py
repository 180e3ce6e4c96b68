"""The sections of one case's report, and why a case may be refused.

In:   a case whose inputs are text; the languages a model can read.
Out:  texts by input, in the order of the study; a reason to refuse, or None.
Not:  no reading of sentences (sentences.py).
"""

from collections.abc import Collection, Mapping

from isocenter.core.case import Case
from isocenter.methods._reports.language import OTHER, language_of


def sections_of(case: Case) -> dict[str, str]:
    """Return the texts among a case's inputs by name; {} when none is text."""
    found: dict[str, str] = {}
    for name in case.inputs:
        shown = case.inputs[name]
        if isinstance(shown, str):
            found[name] = shown
    return found


def refusal(sections: Mapping[str, str], languages: Collection[str]) -> str | None:
    """Return why a report cannot be read: no text, or another language. None when it can, or when it is too short to tell."""
    if not any(text.strip() for text in sections.values()):
        return "expected report text in an input, got none. Declare inputs of words in the study: units: {report: text}."
    found = language_of("\n".join(sections.values()))
    if not found or found in languages or not languages:
        return None
    known = ", ".join(sorted(languages))
    return (
        f"expected a report in a language this model knows ({known}), got "
        f"{'one it cannot tell' if found == OTHER else f'what looks like {found}'}. Translate it, or leave the case out."
    )
