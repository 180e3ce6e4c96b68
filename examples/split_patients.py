"""Divide patients into learn, tune and test, once and for all.

In:   rows with a case, a patient and, if wanted, a stratum; shares; a seed.
Out:  the same rows with `part` and `fold`.
Not:  no images but for `same_pictures` and `same_files`, which find one picture under two patients.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

Row = dict[str, str]


def split_patients(
    rows: Sequence[Row], *, test: float, tune: float, stratum: str = "", folds: int = 0, seed: int = 2026
) -> list[Row]:
    """Return case, patient, part and fold of every row; a patient lies in one part and one fold.

    test, tune : share of the patients, met within every stratum up to rounding
    stratum    : column whose values are spread over the parts (the value of a patient's first row counts)
    folds      : patients outside test are dealt into this many folds; 0 leaves the column empty
    """
    rng = np.random.default_rng(seed)
    strata: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if not any(row["patient"] in members for members in strata.values()):
            strata[row.get(stratum, "")].append(row["patient"])
    dealt = [str(patient) for value in sorted(strata) for patient in rng.permutation(sorted(strata[value]))]
    order = {patient: place for place, patient in enumerate(dealt)}
    # Strata lie one after the other, so every step of 1/share patients along the line falls into all of them alike.
    chosen_test = _every(dealt, test)
    rest = [patient for patient in dealt if patient not in chosen_test]
    chosen_tune = _every(rest, tune)
    fold = {patient: str(place % folds) for place, patient in enumerate(rest)} if folds else {}
    parts = {patient: "test" if patient in chosen_test else "tune" if patient in chosen_tune else "learn" for patient in order}
    return [
        {"case": row["case"], "patient": row["patient"], "part": parts[row["patient"]], "fold": fold.get(row["patient"], "")}
        for row in rows
    ]


def all_learn(rows: Sequence[Row]) -> list[Row]:
    """Return a split that keeps nothing back: too few patients to spare one."""
    return [{"case": row["case"], "patient": row["patient"], "part": "learn", "fold": ""} for row in rows]


def _every(patients: Sequence[str], share: float) -> set[str]:
    """Pick round(share * n) patients at even distances."""
    wanted = round(share * len(patients))
    return {patients[int((k + 0.5) * len(patients) / wanted)] for k in range(wanted)}


def same_pictures(pictures: Mapping[str, Path], *, bits: int = 24) -> dict[str, str]:
    """Give every case the first case that shows the same picture (itself, as a rule).

    Two pictures are the same when their difference hashes (the sign of the horizontal gradient at 16 x 16 places of a
    thumbnail) differ in at most `bits` of 256. A rescaled, recompressed copy differs in about 5; two chest X-rays in 30 or more.
    """
    hashes = {case: _difference_hash(path) for case, path in pictures.items()}
    first: dict[str, str] = {}
    for case, mine in hashes.items():
        twin = next((other for other in first if int((hashes[other] != mine).sum()) <= bits), case)
        first[case] = first.get(twin, twin)
    return first


def same_files(pictures: Mapping[str, Path]) -> dict[str, str]:
    """Give every case the first case whose file is the same, byte for byte (itself, as a rule)."""
    first: dict[bytes, str] = {}
    return {case: first.setdefault(path.read_bytes(), case) for case, path in pictures.items()}


def join_patients(rows: Sequence[Row], first: Mapping[str, str]) -> None:
    """Give patients who share a picture (`first`, from same_pictures) one name: the earliest."""
    patient_of = {row["case"]: row["patient"] for row in rows}
    for case, twin in first.items():
        mine, other = patient_of[case], patient_of[twin]
        patient_of = {key: other if patient == mine else patient for key, patient in patient_of.items()}
    for row in rows:
        row["patient"] = patient_of[row["case"]]


def _difference_hash(path: Path) -> np.ndarray:
    """Return 256 signs that survive rescaling, recompression and a change of brightness."""
    with Image.open(path) as picture:
        small = np.asarray(picture.convert("RGB").convert("L").resize((17, 16), Image.Resampling.BOX), float)
    return (small[:, 1:] > small[:, :-1]).ravel()
