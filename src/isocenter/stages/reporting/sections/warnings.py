"""Warnings: what the reader must know before believing a number.

In:   findings, the plan's warnings, refused and skipped cases, missing labels. Out: markup, gravest first.
"""

from collections.abc import Mapping, Sequence

from isocenter.core.finding import Finding
from isocenter.figures.markup import Html, element
from isocenter.stages.reporting.contents import Contents

_RANK = {"failure": 0, "warning": 1, "note": 2}
_WORD = {"failure": "Failure", "warning": "Warning", "note": "Note"}
_SHOWN = 8


def warnings(contents: Contents, lacking: Mapping[str, int]) -> Html | None:
    """Return the section, or None when there is nothing to warn of. lacking : words for what is missing -> number of cases."""
    items: list[tuple[int, Html]] = [(_RANK[f.severity], _finding(f)) for f in contents.findings]
    items += [(1, _line("warning", text)) for text in contents.study.caveats]
    if contents.plan is not None:
        items += [(1, _line("warning", text)) for text in contents.plan.warnings]
        if not contents.plan.sane and not contents.plan.warnings:
            items.append((1, _line("warning", "The plan expects no useful model from this budget.")))
    left_out = contents.notes.get("baselines", {}).get("left_out", {})
    items += [(2, _line("note", f"the baseline {name.replace('_', ' ')} was left out: {why}")) for name, why in left_out.items()]
    items += [(0, _line("failure", _refused(contents.refused, "refused by the model"))) for _ in [0] if contents.refused]
    items += [(0, _line("failure", _refused(contents.skipped, "left out because unreadable"))) for _ in [0] if contents.skipped]
    items += [
        (2, _line("note", f"{what}: {n} {'case' if n == 1 else 'cases'}."))
        for what, n in lacking.items()
        if not _told(what, contents)
    ]
    return _section(items)


def findings_section(findings: Sequence[Finding]) -> Html | None:
    """Return findings alone as the same section, for pages that are not of a run; None without any."""
    return _section([(_RANK[f.severity], _finding(f)) for f in findings])


def _section(items: list[tuple[int, Html]]) -> Html | None:
    if not items:
        return None
    items.sort(key=lambda item: item[0])
    ordered = [item for _, item in items]
    rest = ordered[_SHOWN:]
    return element(
        "section",
        element("h2", "Before you believe it"),
        element("ul", ordered[:_SHOWN], class_="findings"),
        element("details", element("summary", f"{len(rest)} more"), element("ul", rest, class_="findings"), class_="more")
        if rest
        else None,
        id="warnings",
    )


def _told(what: str, contents: Contents) -> bool:
    """Tell whether check has said the same: "Input pre is missing" and a finding that expected input pre."""
    kind, name, *_ = what.lower().split()
    return any(f"{kind} {name} " in f"{f.expected.lower()} " for f in contents.findings)


def _finding(finding: Finding) -> Html:
    cases = ", ".join(finding.cases[:3]) + (f" and {len(finding.cases) - 3} more" if len(finding.cases) > 3 else "")
    words = finding.code.replace("_", " ").replace("-", " ")
    return element(
        "li",
        element("span", _WORD[finding.severity], class_=f"badge {finding.severity}"),
        element(
            "div",
            element("p", element("strong", words[0].upper() + words[1:]), f" · {cases}" if cases else "", class_="what"),
            element("p", f"Expected {finding.expected}, got {finding.got}.".replace("..", ".")),
            element("p", element("span", "What to do: ", class_="muted"), finding.do) if finding.do else None,
        ),
    )


def _line(severity: str, text: str) -> Html:
    return element(
        "li",
        element("span", _WORD[severity], class_=f"badge {severity}"),
        element("div", element("p", text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else "."))),
    )


def _refused(reasons: Mapping[str, str], what: str) -> str:
    listed = "; ".join(f"{key} ({reason.rstrip('.')})" for key, reason in list(reasons.items())[:5])
    more = f"; and {len(reasons) - 5} more" if len(reasons) > 5 else ""
    return f"{len(reasons)} {'case was' if len(reasons) == 1 else 'cases were'} {what}: {listed}{more}"
