"""Reports in another language than the one they are read in, or than the others are written in. Text inputs only."""

from collections import Counter
from collections.abc import Iterator

from isocenter.core.finding import Finding
from isocenter.methods._reports.language import OTHER, language_of
from isocenter.stages.examination import Check, Examination

RULES = "report_rules"
"""The method that reads one language only, which its settings name."""


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a warning for the reports that a method cannot read, or that stray from the language of most."""
    spoken = {key: language_of("\n".join(case.texts.values())) for key, case in seen.opened.items() if case.texts}
    told = {key: code for key, code in spoken.items() if code}
    if not told:
        return
    by_rules = seen.study.method == RULES
    wanted = str(seen.study.settings.get("language", "en")) if by_rules else Counter(told.values()).most_common(1)[0][0]
    stray = tuple(key for key, code in told.items() if code != wanted)
    if not stray:
        return
    counts = Counter(told[key] for key in stray)
    named = ", ".join(f"{count} in {'one that cannot be told' if code == OTHER else code}" for code, count in counts.most_common())
    yield Finding(
        code="report_language",
        severity="warning",
        expected=f"reports in {wanted}, {'which the rules are written for' if by_rules else 'as most of them are'}",
        got=f"{named}, of {len(told)} whose language can be told",
        do="Translate these reports or leave them out: a model refuses those in a language it does not know.",
        cases=stray,
    )


CHECK = Check(name="report_language", looks_for="reports in another language than the method or the other reports know", find=find)
