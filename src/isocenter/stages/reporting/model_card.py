"""The model card: one short page of Markdown that travels with a model.

In:   Contents and the claim. Out: text.
Not:  no figures; the report holds them.

Reference: Mitchell et al., Model cards for model reporting, FAccT 2019, arXiv:1810.03993.
"""

from isocenter.core.image import SYNTHETIC
from isocenter.stages.reporting.claim import Claim
from isocenter.stages.reporting.contents import Contents
from isocenter.stages.reporting.sections.decisions import decision_lines
from isocenter.stages.reporting.sections.definitions import cards_of
from isocenter.stages.reporting.sections.refusal import refusal_lines
from isocenter.stages.reporting.sections.reproduce import NOTICE


def model_card(contents: Contents, claim: Claim) -> str:
    """Return the card."""
    study, plan, fingerprint = contents.study, contents.plan, contents.fingerprint
    targets = "; ".join(f"{t.name} ({t.type}{': ' + ', '.join(t.classes) if t.classes else ''})" for t in study.targets) or "none"
    lines = [f"# {study.name}", "", NOTICE, "", "## What it answers", ""]
    if contents.task is not None:
        lines += [contents.task.question, ""]
    lines += [f"- Inputs: {', '.join(study.inputs)}", f"- Targets: {targets}"]
    if plan is not None:
        lines.append(f"- Method: {plan.method}; {plan.steps} steps; seed {plan.seed}")
    if _makes_images(contents):
        lines.append(f"- Every image it makes is a {SYNTHETIC}; the file says so too")
    lines += [f"- {card.name}: {card.cite}" for card, role in cards_of(contents) if role == "model" and card.cite]
    if fingerprint:
        lines.append(f"- Learned and tuned on {fingerprint.get('cases')} cases of {fingerprint.get('patients')} patients")
    lines += ["", "## What may be claimed", "", claim.sentence, *(f"- {line}" for line in claim.beside)]
    lines += [f"- {line}" for line in decision_lines(contents)]
    lines += [f"- {line}" for line in refusal_lines(contents)]
    lines += ["", "## What to be careful about", ""]
    warnings = [*(plan.warnings if plan else ()), *(f"{f.code}: {f.got}" for f in contents.findings if f.severity != "note")]
    lines += [f"- {text}" for text in warnings[:12]] or ["- Nothing was found; that is not a proof that there is nothing."]
    lines += ["- It has seen cases like those above only; measure it on your own before believing it.", ""]
    return "\n".join(lines)


def _makes_images(contents: Contents) -> bool:
    """Tell whether a model made what it answers; filters and interpolations hand on what was measured."""
    images = any(target.type == "image" and target.use == "learn" for target in contents.study.targets)
    learned = any(card.learned for card, role in cards_of(contents) if role == "model")
    return images and (contents.generates or learned)
