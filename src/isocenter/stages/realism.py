"""Realism: blinded pairs of a real and a synthetic image for readers, and what their answers say.

In:   a run whose answers are images; later the readers' answer files.
Out:  index.html for readers, commitment.json with the hash of the key, sealed/key.json; realism.json with shares and intervals.
Not:  no statistics (metrics/forced_choice.py), no drawing of the page (figures/forced_choice.py).

The key holds a random salt and is hashed before anyone answers, so that it can be neither guessed from its hash nor changed later.
"""

import dataclasses
import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import FileError, RunError, StudyError
from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.figures.forced_choice import ShownPair, forced_choice_page
from isocenter.imaging.resample import average_to
from isocenter.io.raster import write_png
from isocenter.io.values import value_from_json
from isocenter.io.whole_file import write_whole
from isocenter.methods.registry import task_of
from isocenter.metrics.forced_choice import Choice, choices, power_of_equivalence, power_to_tell
from isocenter.stages.reporting.answers import predictions_of
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split

KEY, COMMITMENT, PAGE = Path("sealed") / "key.json", "commitment.json", "index.html"
VERSION = 1
SIDES = ("left", "right")
Pixels = NDArray[np.float32]


class Made(Record):
    """A set of pairs on disk."""

    page: Path
    pairs: int
    commitment: str
    power_to_tell: float
    """Of one reader who tells 70 % right."""
    power_of_equivalence: float
    """Of one reader who guesses."""


class Scored(Record):
    """What readers' answers say."""

    rows: tuple[Choice, ...]
    pairs: int
    """In the set."""
    commitment: str


def make_pairs(run: RunFolder, out: Path, *, pairs: int, seed: int) -> Made:
    """Write a set of pairs. Held-out images beside the run's answers; a patient comes again only when all have come once.

    A generator's answer is shown beside the image of another case; a translator's beside the true image of its own case.

    RunError for a run without answers that are images; StudyError for more pairs than there are; FileError where a set lies.
    """
    if (out / COMMITMENT).exists():
        raise FileError(f"expected a folder without pairs, got {out}, which has {COMMITMENT}. Name another folder.")
    rng = np.random.default_rng([seed, 51])
    chosen = _drawn(run, pairs, rng)
    left_is_synthetic = rng.permutation(np.arange(pairs) % 2 == 0)
    low, high = _window([real for _, real, _, _ in chosen])
    shown, key = [], []
    for index, (real_key, real, made_key, made) in enumerate(chosen):
        name = f"pair_{index + 1:0{max(3, len(str(pairs)))}d}"
        pictures = [_png(_framed(image, like=made), low, high) for image in (made, real)]
        synthetic = SIDES[0] if left_is_synthetic[index] else SIDES[1]
        left, right = pictures if synthetic == "left" else pictures[::-1]
        shown.append(ShownPair(pair=name, left=left, right=right))
        key.append({"pair": name, "synthetic": synthetic, "real_case": real_key, "synthetic_case": made_key})
    sealed = json.dumps({"version": VERSION, "seed": seed, "salt": secrets.token_hex(16), "pairs": key}, indent=1).encode()
    commitment = hashlib.sha256(sealed).hexdigest()
    told = json.dumps({"version": VERSION, "pairs": pairs, "sha256": commitment}, indent=1)
    write_whole(out / COMMITMENT, lambda path: path.write_text(told, encoding="utf-8"))  # before the key and the page
    write_whole(out / KEY, lambda path: path.write_bytes(sealed))
    page = forced_choice_page(shown, commitment=commitment)
    write_whole(out / PAGE, lambda path: path.write_text(page, encoding="utf-8"))
    return Made(
        page=out / PAGE, pairs=pairs, commitment=commitment,
        power_to_tell=power_to_tell(pairs), power_of_equivalence=power_of_equivalence(pairs),
    )  # fmt: skip


def score_pairs(folder: Path, answers: Sequence[Path]) -> Scored:
    """Compare readers' answers with the sealed key and write realism.json.

    FileError for a key that is not the one committed to, or answers to another set; StudyError for a reader who comes twice.
    """
    synthetic, commitment = _opened(folder)
    right: dict[str, dict[str, bool]] = {}
    for path in answers:
        reader, said = _read(path, commitment)
        if reader in right:
            raise StudyError(f"expected one file of answers a reader, got another of {reader}: {path}. Leave one out.")
        stray = sorted(set(said) - set(synthetic))
        if stray or not said:
            raise FileError(f"{path}: expected answers to the pairs of {folder}, got {', '.join(stray) or 'none'}.")
        right[reader] = {pair: side == synthetic[pair] for pair, side in said.items()}
    scored = Scored(rows=tuple(choices(right)), pairs=len(synthetic), commitment=commitment)
    told = {
        "commitment": commitment,
        "pairs": scored.pairs,
        "rows": [{**dataclasses.asdict(row), "verdict": row.verdict} for row in scored.rows],
    }
    write_whole(folder / "realism.json", lambda path: path.write_text(json.dumps(told, indent=1), encoding="utf-8"))
    return scored


def _drawn(run: RunFolder, count: int, rng: np.random.Generator) -> list[tuple[str, Image, str, Image]]:
    """Return real case, its image, case of the answer, the answer."""
    study, cases = open_run(run)
    target = study.claimed
    if target.type != "image":
        raise RunError(f"expected a run that answers images, got one that answers {target.name} of type {target.type}.")
    split = read_split(run)
    held = split.keys("tune") if not split.folds() else split.keys("learn", "tune")
    said = predictions_of(run, frozenset(held))
    answered = [key for key in held if key in said and isinstance(said[key].answers.get(target.name), Image)]
    real = [cases[key] for key in held if _truth(cases[key], target) is not None]
    matched = not task_of(study).requests
    if matched:
        real = [case for case in real if case.key in set(answered)]
    there = min(len(real), len(answered))
    if not 2 <= count <= there:
        raise StudyError(
            f"expected from 2 to {there} pairs, as many as there are held-out images with answers, got {count}. Ask for fewer, or "
            "give the study a larger tuning part or folds."
        )
    order = _patients_first(real, rng)[:count]
    made = [case.key for case in order] if matched else [str(key) for key in rng.permutation(answered)[:count]]
    found = []
    for case, key in zip(order, made, strict=True):
        truth, answer = _truth(case, target), said[key].answers[target.name]
        if isinstance(truth, Image) and isinstance(answer, Image):
            found.append((case.key, truth, key, answer))
    return found


def _patients_first(cases: Sequence[Case], rng: np.random.Generator) -> list[Case]:
    """Return the cases in a random order in which no patient comes again before all have come."""
    mixed = [cases[int(i)] for i in rng.permutation(len(cases))]
    seen: Counter[str] = Counter()
    ranks = []
    for case in mixed:
        ranks.append(seen[case.patient])
        seen[case.patient] += 1
    return [mixed[int(i)] for i in np.argsort(ranks, kind="stable")]


def _truth(case: Case, target: Target) -> Image | None:
    label = case.labels.get(target.name)
    return label if isinstance(label, Image) else None


def _framed(image: Image, *, like: Image) -> Pixels:
    """Return (C, X, Y) of an image on as many samples as the answer has; of a volume the middle slice."""
    samples = np.asarray(_flat(image), np.float32)
    return average_to(samples, _flat(like).shape[1:])


def _flat(image: Image) -> NDArray[Any]:
    samples = image.array()
    samples = samples[..., 0] if image.grid.times_s else samples
    return samples[..., samples.shape[-1] // 2] if samples.ndim == 4 else samples


def _window(images: Sequence[Image]) -> tuple[float, float]:
    """Return the range both kinds are shown in: 8-bit pictures whole, others by percentiles of the real ones."""
    if all(image.array().dtype == np.uint8 for image in images):
        return 0.0, 255.0
    values = np.concatenate([_flat(image).reshape(-1)[:: max(1, _flat(image).size // 20_000)] for image in images])
    low, high = np.percentile(values[np.isfinite(values)], (0.5, 99.5))
    return float(low), float(max(high, low + 1e-6))


def _png(samples: Pixels, low: float, high: float) -> bytes:
    """Return an 8-bit picture without any note: what tells a file apart would tell the image."""
    gray = samples if len(samples) in (1, 3) else samples.mean(axis=0, keepdims=True)
    eight = np.clip(np.rint((np.nan_to_num(gray) - low) / (high - low) * 255), 0, 255).astype(np.uint8)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        write_png(eight, path)
        return path.read_bytes()


def _opened(folder: Path) -> tuple[Mapping[str, str], str]:
    """Return pair -> synthetic side, and the commitment. FileError unless the key is the one committed to."""
    try:
        commitment = str(json.loads((folder / COMMITMENT).read_text(encoding="utf-8"))["sha256"])
        sealed = (folder / KEY).read_bytes()
    except (OSError, ValueError, KeyError) as error:
        raise FileError(f"{folder}: expected {COMMITMENT} and {KEY} of a set of pairs, got: {error}.") from error
    found = hashlib.sha256(sealed).hexdigest()
    if found != commitment:
        raise FileError(
            f"{folder / KEY}: expected the key committed to before the first answer (SHA-256 {commitment}), got {found}: one of "
            "the two files was changed. Nothing can be scored with it."
        )
    return {str(line["pair"]): str(line["synthetic"]) for line in json.loads(sealed)["pairs"]}, commitment


def _read(path: Path, commitment: str) -> tuple[str, dict[str, str]]:
    """Return a reader and which side each pair was answered with; the last line of a pair rules."""
    reader, said = "", dict[str, str]()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: expected answers as the page saves them (UTF-8), got another file: {error}.") from error
    for number, text in enumerate(lines, start=1):
        try:
            line = json.loads(text)
            answer = value_from_json(line["answers"]["synthetic"], path.parent)
            reader, pair, of = str(line["reader"]), str(line["case"]), str(line["commitment"])
            side = answer.names[answer.best]  # type: ignore[union-attr]
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise FileError(f"{path}: expected a line of answers as the page saves it, got at line {number}: {error}.") from error
        if of != commitment:
            raise FileError(f"{path}: expected answers to the set with the key {commitment[:12]}…, got answers to {of[:12]}….")
        said[pair] = side
    return reader or path.stem, said
