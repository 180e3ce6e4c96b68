"""The page's head: the study's question, the claim in one sentence, what stands beside it.

In:   Contents. Out: markup.
"""

from isocenter.core.estimate import Estimate
from isocenter.figures.intervals import Row, draw_intervals
from isocenter.figures.markup import Html, element, picture
from isocenter.figures.style import color_of_who
from isocenter.figures.words import metric_in_words, unit_in_words, who_in_words
from isocenter.stages.reporting.claim import Claim, patient_values
from isocenter.stages.reporting.contents import Contents

_PARTS = {
    "test": "Test cases",
    "folds": "Cross-validation",
    "tune": "Tuning cases: no test",
    "learn": "Cases learned from: no test",
}


def opening(contents: Contents, claim: Claim) -> Html:
    """Return the head of the page."""
    question = contents.task.question if contents.task else None
    part = _PARTS.get(contents.part, contents.part) if contents.measured else "Training, not measured"
    estimates = [e for e in (contents.main(), *contents.others()) if e is not None]
    return element(
        "header",
        element(
            "p",
            element("span", "Isocenter report", class_="eyebrow"),
            element(
                "span",
                part,
                class_="chip" if claim.made else "chip muted",
            ),
            class_="top",
        ),
        element("h1", contents.study.name),
        element("p", question, class_="question") if question else None,
        element(
            "section",
            element(
                "div",
                element("p", claim.sentence, class_="claim"),
                element("ul", [element("li", line) for line in claim.beside], class_="beside") if claim.beside else None,
            ),
            _glance(contents, estimates),
            class_="hero" if claim.made else "hero none",
            aria_label="The claim",
        ),
        class_="opening",
    )


def _glance(contents: Contents, estimates: list[Estimate]) -> Html | None:
    """Model, raters and baselines in one small chart; nothing when the model stands alone with an interval."""
    if not estimates or (len(estimates) == 1 and not 2 < estimates[0].patients < 10):
        return None
    rows = []
    for estimate in estimates:
        few = estimate.patients < 10
        rows.append(
            Row(
                label=who_in_words(estimate.who),
                value=estimate.value,
                ci95=estimate.ci95,
                patients=estimate.patients,
                color=color_of_who(estimate.who),
                points=patient_values(contents, estimate) if few else (),
            )
        )
    name = metric_in_words(contents.primary)
    unit = unit_in_words(estimates[0].unit)
    figure = draw_intervals(rows, axis=name + (f" ({unit})" if unit else ""), least=0.0 if unit else 0.1, width_in=4.2)
    said = "; ".join(f"{r.label} {r.value:.3g}" for r in rows)
    return element("figure", picture(figure, text=f"{name}: {said}", vector=True), class_="glance")
