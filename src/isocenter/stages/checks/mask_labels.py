"""Labels of masks: gaps in their numbers, numbers that are no class, classes that are never drawn."""

from collections.abc import Iterator, Mapping

from isocenter.core.finding import Finding
from isocenter.stages.examination import Check, Examination, LoadedCase
from isocenter.stages.mask_values import is_0_255, is_blended

_SHOWN = 12


def find(seen: Examination) -> Iterator[Finding]:
    """Yield, for each target, a failure for gaps or unknown labels, and a warning for a class that is never drawn."""
    by_target: dict[str, dict[str, frozenset[float]]] = {}
    for key, masks in seen.seen.get("mask_labels", {}).items():
        for target, values in masks.items():
            by_target.setdefault(target, {})[key] = values
    classes = {m.target: m.classes for case in seen.opened.values() for m in case.masks.values()}
    for target, held in by_target.items():
        yield from _of_target(target, classes[target], held)


def labels_in_order(held: Mapping[str, frozenset[float]], classes: int) -> dict[int, int] | None:
    """Return value -> class when all masks together hold exactly one value a class, whole and from 0 on, with gaps; else None."""
    union = sorted(frozenset[float]().union(*held.values()))
    if len(union) != classes or union == list(range(classes)) or union[0] != 0 or any(v != round(v) for v in union):
        return None
    return {int(value): index for index, value in enumerate(union)}


def look(case: LoadedCase) -> dict[str, frozenset[float]] | None:
    """Return the values of each target's masks that are neither 0/255 nor blended."""
    found: dict[str, frozenset[float]] = {}
    for mask, _ in case.masks:
        values = case.values.get(mask.name)
        if values is None or mask.coded or is_0_255(values, len(mask.classes)) or is_blended(values, len(mask.classes)):
            continue
        found[mask.target] = found.get(mask.target, frozenset()) | frozenset(values)
    return found or None


def _of_target(target: str, classes: tuple[str, ...], held: dict[str, frozenset[float]]) -> Iterator[Finding]:
    known = frozenset(float(v) for v in range(len(classes)))
    odd = tuple(key for key, values in held.items() if not values <= known)
    order = labels_in_order(held, len(classes))
    union = frozenset[float]().union(*held.values())
    expected = f"labels 0 to {len(classes) - 1} ({', '.join(classes)}) in the masks of {target}"
    if odd and order is not None:
        meant = ", ".join(f"{value} is {classes[index]}" for value, index in order.items())
        yield Finding(
            code="mask_label_gaps",
            severity="failure",
            expected=expected,
            got=f"{_listed(union)} in {len(odd)}: as many values as classes, with gaps",
            do=f"If in this order {meant}: isocenter check STUDY --fix renumbers them. Else say it in the study: values: {{…}}.",
            cases=odd,
        )
    elif odd:
        yield Finding(
            code="mask_unknown_labels",
            severity="failure",
            expected=expected,
            got=f"{_listed(union)} in {len(odd)}",
            do=_remedy(union, len(classes)),
            cases=odd,
        )
    elif len(known - union) > 0 and len(union) > 0:
        never = ", ".join(name for index, name in enumerate(classes) if index not in union)
        if not union <= {0.0}:  # all empty: another check says so
            yield Finding(
                code="class_never_drawn",
                severity="warning",
                expected=f"every class of {target} in at least one mask",
                got=f"none with {never}",
                do="Take the class out of `classes:`, or look whether the masks were exported whole.",
            )


def _remedy(union: frozenset[float], classes: int) -> str:
    """More classes when the numbers have no gap; else an example of `values`."""
    if union == frozenset(map(float, range(len(union)))):
        return f"Name {len(union)} classes in `classes:`; or join some: values: {{1: 1, 2: 1}} (others are background)."
    example = ", ".join(f"{v:.0f}: {k}" for k, v in enumerate(sorted(union)[-(classes - 1) :], start=1))
    return f"Say what they mean in the target, as in values: {{{example}}} (others are background), or add classes."


def _listed(values: frozenset[float]) -> str:
    shown = [f"{v:g}" for v in sorted(values)]
    return ", ".join(shown[:_SHOWN]) + (f" … ({len(shown)} values)" if len(shown) > _SHOWN else "")


CHECK = Check(
    name="mask_labels", looks_for="gaps in label values, labels that are no class, classes never drawn", find=find, look=look
)
