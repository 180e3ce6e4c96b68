"""How to reproduce: commands, environment, hashes; and what this software is not.

In:   Contents. Out: markup.
"""

from isocenter.figures.markup import Html, element, table
from isocenter.stages.reporting.contents import Contents

NOTICE = (
    "Research use only. This is not a medical device and is not approved for diagnosis or treatment; "
    "it must not guide the care of a patient."
)


def reproduce(contents: Contents) -> Html:
    """Return the section."""
    again = "isocenter run study.yaml --data DATA --out AGAIN"
    replay = " --replay RUN" if contents.plan is not None and contents.plan.steps else ""
    asked, what = _new(contents)
    commands = [again + replay, f"isocenter predict RUN {asked} --out ANSWERS"]
    return element(
        "section",
        element("h2", "Reproduce"),
        element(
            "p",
            "DATA is the folder of the images, RUN this run's folder; its study.yaml, split.csv and plan.json say the rest. "
            f"{asked} is {what}.",
            class_="lead",
        ),
        element("pre", element("code", "\n".join(commands))),
        _stages(contents),
        _openings(contents),
        element(
            "details",
            element("summary", "Environment"),
            element("pre", contents.environment.strip(), class_="columns"),
            class_="more",
        )
        if contents.environment.strip()
        else None,
        id="reproduce",
    )


def _new(contents: Contents) -> tuple[str, str]:
    """Return what new data are called in the command, and what they are in words."""
    study = contents.study
    if contents.generates:
        columns = ("case", *dict.fromkeys(("seed", *study.covariates)))
        words = f"a table with a row for each image wanted and the columns {', '.join(columns)}, all but the first optional"
        return "requests.csv", words
    if len(study.inputs) > 1:
        return "new.csv", f"a table of new cases with the columns {', '.join(('case', *study.inputs.values()))}"
    return "scan.nii.gz", "a new image, or a table of several (.csv)"


def footer() -> Html:
    """Return the notice that closes the page."""
    return element("footer", element("p", NOTICE), element("p", "Made by Isocenter. One file, nothing is loaded from elsewhere."))


def _stages(contents: Contents) -> Html | None:
    rows = [
        [stage, element("code", str(told.get("read", ""))), str(told.get("at", "")).replace("T", " ")[:16]]
        for stage, told in contents.notes.items()
        if "at" in told
    ]
    if not rows:
        return None
    return element(
        "details",
        element("summary", "Stages"),
        table(["Stage", "Hash of what it read", "When (UTC)"], rows, caption="Stages of this run"),
        class_="more",
    )


def _openings(contents: Contents) -> Html | None:
    if not contents.openings:
        return None
    rows = [
        [o.get("time", "").replace("T", " ")[:16], element("code", o.get("plan", "")), o.get("metric", "")]
        for o in contents.openings
    ]
    return element(
        "details",
        element("summary", f"Openings of the test split ({len(rows)})"),
        table(["When (UTC)", "Plan", "Metric"], rows, caption="Openings of the test split"),
        class_="more",
    )
