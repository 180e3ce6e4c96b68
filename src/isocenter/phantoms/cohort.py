"""Many phantom cases: a table with a prevalence, and with factors tied to the label as strongly as asked.

In:   a phantom, how many, a seed, and tie strengths by factor.
Out:  CaseList; the same call gives the same cases.
Not:  no files.

A factor tied with strength s follows the label with probability s and is a fair coin otherwise, so that 0 is independence and
1 a perfect shortcut; P(factor = label) = (1 + s) / 2.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from isocenter.core.case import CaseList
from isocenter.core.errors import PlanError, unknown
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase, Seeds


def cases(
    phantom: Phantom,
    n: int,
    seed: int = 0,
    grade: Grade = "test",
    *,
    tie: Mapping[str, float] | None = None,
    prevalence: float | None = None,
    visits: int = 1,
    **options: Any,
) -> CaseList:
    """Return n cases as one table.

    n          : number of cases, >= 1
    seed       : same seed, same cases; cases of unlike seeds share no anatomy
    tie        : by factor of the phantom, strength in [0, 1]; PlanError outside, or for a factor it does not have
    prevalence : share with disease; None = 0.5 when something is tied, otherwise the phantom's own draw
    visits     : cases a patient, with the same body and another pose, disease and scan
    options    : passed to `draw`
    """
    drawn = draw_many(phantom, n, seed, grade, tie=tie, prevalence=prevalence, visits=visits, **options)
    return CaseList([case.case(key) for key, case in drawn])


def draw_many(
    phantom: Phantom,
    n: int,
    seed: int = 0,
    grade: Grade = "test",
    *,
    tie: Mapping[str, float] | None = None,
    prevalence: float | None = None,
    visits: int = 1,
    **options: Any,
) -> Iterator[tuple[str, PhantomCase]]:
    """Yield (key, case) one by one, as `cases` does, keeping none in memory."""
    strengths = dict(tie or {})
    _refuse(phantom, n, strengths, prevalence, visits)
    asked = phantom.read(options)
    share = 0.5 if prevalence is None and strengths else prevalence
    rng = np.random.default_rng([0xC0, seed])
    for index in range(n):
        chosen = dict(options)
        turn = {option: values[index // visits % len(values)] for option, values in phantom.rounds.items()}
        if phantom.place is not None:
            placed = phantom.place(phantom.parameters, seed, index, visits, asked)
            chosen = {**placed, **chosen}
        if share is not None and phantom.disease is not None:
            option, without, present = phantom.disease
            ill = bool(rng.random() < share)
            chosen.setdefault(option, present if ill else without)
            for factor, strength in sorted(strengths.items()):
                follows, coin = rng.random() < strength, bool(rng.random() < 0.5)
                chosen.setdefault(factor, phantom.factors[factor][int(ill if follows else coin)])
        for option, value in turn.items():
            if chosen.get("nuisance", "learn") == "learn":
                chosen.setdefault(option, value)
        yield f"{phantom.name}_{index:05d}", phantom.draw(seeds_of(seed, index, visits=visits), grade, **chosen)


def seeds_of(seed: int, index: int, *, visits: int = 1) -> Seeds:
    """Return the seeds of one case of a cohort; the cases of one patient share anatomy and demographics."""
    person = np.random.SeedSequence([seed, index // visits, 0]).generate_state(2)
    scan = np.random.SeedSequence([seed, index, 1]).generate_state(3)
    return Seeds(
        anatomy=int(person[0]), demographics=int(person[1]), disease=int(scan[0]), pose=int(scan[1]), acquisition=int(scan[2])
    )


def _refuse(phantom: Phantom, n: int, strengths: Mapping[str, float], prevalence: float | None, visits: int) -> None:
    """Raise PlanError for what cannot be drawn."""
    if n < 1 or visits < 1:
        raise PlanError(f"expected at least one case and one visit a patient, got n={n}, visits={visits}.")
    for factor, strength in strengths.items():
        if factor not in phantom.factors:
            raise PlanError(unknown(f"factor of phantom {phantom.name}", factor, phantom.factors))
        if not 0.0 <= strength <= 1.0:
            raise PlanError(f"expected a tie strength in [0, 1], got {strength!r} for {factor}.")
    if prevalence is not None and not 0.0 <= prevalence <= 1.0:
        raise PlanError(f"expected a prevalence in [0, 1], got {prevalence!r}.")
    if (strengths or prevalence is not None) and phantom.disease is None:
        raise PlanError(f"phantom {phantom.name} has no disease to set a prevalence of, or to tie anything to.")
