"""Translation: does it erase tumors, or invent them, as the images it learned from have too few or too many?

In:   a run of a translation whose study has a mask of tumors (`use: score`); translations are learned anew, on request, from target
      images of which a chosen share shows a tumor, while the source's stay half and half.
Out:  a finding on the run's own answers, and one an arm: tumors erased and invented at each share, with intervals over patients; a
      table, the curves as a figure.
      Erased: in the source, and not found in the output. Invented: something found in the output of a tumor-free case.
Not:  no proof that a translation is safe: what is found is what one detector finds, of one kind of lesion.

Reference: Cohen, Luck & Honari, MICCAI 2018, arXiv:1805.08841 (translations trained on unlike shares hallucinate).
Differs:   found is measured, by a detector trained on real target images of other patients, its threshold at a stated share of
           false positives on yet others; a paired regression beside, whose pairs have the same share on both sides.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isocenter.audits._hazard_arms import ARMS, Bench, check_pools, pools_of, run_arm
from isocenter.audits._hazard_rates import RATES, Looks, Seen
from isocenter.audits._tumor_detector import Tumor, TumorDetector, fit_detector, real_images
from isocenter.audits._words import with_interval
from isocenter.audits.audit import Audit, NotForThisRun
from isocenter.core.errors import SettingError, unknown
from isocenter.core.estimate import Estimate
from isocenter.core.executor import Executor
from isocenter.core.finding import Finding
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.plan import Plan
from isocenter.core.study import Study, Target
from isocenter.figures.hazard import Curve, draw_hazard
from isocenter.figures.style import to_png
from isocenter.io.table import TableCases
from isocenter.methods.registry import task_of
from isocenter.stages.progress import Progress
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.skipping import Skips
from isocenter.stages.split import read_split

LEAST = 5
"""Images a side, and tumor-free ones for the threshold, below which nothing is learned."""
REAL, OWN = "real", "run"
NAMES = {"cyclegan": "CycleGAN", "paired_l1": "paired, L1 alone", "pix2pix": "pix2pix"}


@dataclass(frozen=True, kw_only=True)
class HazardSettings:
    """What is asked."""

    tumor: str = ""
    """A mask target that is scored, or one of its classes, "lesions:core"; "" = the first, all classes but the background."""
    shares: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    """Shares of the target's images with a tumor."""
    source: float = 0.5
    """The same of the source's; of pairs the source has the target's."""
    arms: tuple[str, ...] = ("cyclegan", "paired_l1")
    """Of cyclegan, paired_l1 (the control) and pix2pix."""
    seeds: int = 1
    """Trainings of each; a claim about methods needs 3."""
    steps: int = 0
    """Of each training; 0 = those of the run's own plan."""
    detector_steps: int = 600
    minutes: float = 2.0
    """What networks are sized for; the steps are given."""
    detector_share: float = 0.4
    """Share of the learning patients that the detector and its threshold get."""
    false_positives: float = 0.05
    """Share of tumor-free real images in which the detector may find something."""
    tolerated: float = 0.1
    """Swing between the least and the largest share, or loss against real images, from which on a finding is a warning; its
    interval must lie above."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        for arm in self.arms:
            if arm not in ARMS:
                raise SettingError(unknown("arm", arm, ARMS))
        inside = [*self.shares, self.source]
        if not self.arms or len(self.shares) < 2 or min(inside) < 0 or max(inside) > 1:
            raise SettingError(f"expected an arm, and two shares or more in [0, 1], got {list(self.shares)} and {self.source}.")
        if not 0 < self.false_positives < 1 or not 0 < self.detector_share < 1:
            raise SettingError("expected false_positives and detector_share between 0 and 1.")
        if min(self.seeds, self.detector_steps) < 1 or self.steps < 0 or self.minutes <= 0:
            raise SettingError("expected seeds and detector_steps ≥ 1, steps ≥ 0 and minutes > 0.")


def judge(run: RunFolder, executor: Executor, settings: HazardSettings, progress: Progress) -> Sequence[Finding]:
    """Train, look, and return a finding an arm. NotForThisRun without a translation, a mask of tumors or enough cases."""
    del executor
    study, cases = open_run(run)
    image = _translated(study)
    tumor = tumor_of(study, settings.tumor)
    ill = _which_are_ill(run, cases, image, tumor)
    made, skips = read_split(run), Skips(run)
    if made.folds():
        raise NotForThisRun("expected a run with a tuning part, got folds; audit one of them: isocenter audit RUN/fold/0 …")
    learn, held = (skips.without(made.keys(part)) for part in ("learn", "tune"))
    pools = pools_of(learn, held, cases, ill, detector=settings.detector_share, seed=study.seed)
    count = pools.most((*settings.shares, settings.source))
    check_pools(pools, count, least=LEAST, ill=ill)
    home = run.path / "translation"
    plan = run.read(Plan)
    bench = Bench(
        home=home, study=study, cases=cases, image=image, pools=pools, source=settings.source, count=count, plan=plan,
        steps=settings.steps, minutes=settings.minutes, progress=progress,
    )  # fmt: skip
    progress.say("translation: the detector")
    longest = next((int(s.value) for s in plan.settings if s.name == "longest"), 0)
    detector = fit_detector(
        home / "detector", study=study, cases=cases, image=image, tumor=tumor, pools=pools, longest=longest,
        steps=settings.detector_steps, minutes=settings.minutes, false_positives=settings.false_positives, progress=progress,
    )  # fmt: skip
    seen = _look(detector, bench, REAL, real_images(cases.select(pools.held), image))
    seen += _look(detector, bench, OWN, _answers(run, image))
    for arm in settings.arms:
        for share in settings.shares:
            for seed in range(settings.seeds):
                progress.say(f"translation: {arm}, {100 * share:.0f} % of the target images with a tumor, seed {seed}")
                done = run_arm(bench, arm, share, seed=study.seed + seed)
                seen += _look(detector, bench, arm, _answers(done, image), share=share, seed=seed)
    looks = Looks(seen=seen, threshold=detector.threshold, seed=study.seed)
    looks.write(run.path / "translation.csv")
    free = sum(not ill[key] for key in pools.threshold)
    about = f"{len(pools.held)} held-out cases, threshold from {free} tumor-free images"
    learned = f"{count} images a side, {bench.trained} steps, {settings.seeds} training(s) each, {about}"
    figure = _figure(run, looks, settings)
    own = [_of_run(looks, settings, about=about)] if any(s.arm == OWN for s in seen) else []
    return [*own, *(_of_arm(looks, settings, arm, about=learned, figure=figure) for arm in settings.arms)]


def tumor_of(study: Study, named: str) -> Tumor:
    """Return what counts as a tumor. NotForThisRun without a mask; SettingError for one that is not there."""
    masks = {t.name: t for t in study.targets if t.type == "mask" and not t.overlapping}
    if not masks:
        raise NotForThisRun(
            "expected a mask of tumors to judge a translation by, got none. Give the study a target: {name: lesions, type: mask, "
            "columns: lesions, classes: [background, tumor], use: score}"
        )
    name, _, wanted = named.partition(":")
    if name and name not in masks:
        raise SettingError(unknown("mask target", name, masks))
    target = masks[name] if name else next(iter(masks.values()))
    if wanted and wanted not in target.classes[1:]:
        raise SettingError(unknown(f"class of {target.name}", wanted, target.classes[1:]))
    return Tumor(target=target, classes=(wanted,) if wanted else target.classes[1:])


def _translated(study: Study) -> Target:
    if task_of(study).name != "translation":
        raise NotForThisRun(f"expected a run of a translation (an image target), got {task_of(study).name}.")
    return next(t for t in study.targets if t.type == "image" and t.use == "learn")


def _which_are_ill(run: RunFolder, cases: TableCases, image: Target, tumor: Tumor) -> dict[str, bool]:
    """Return whether a case shows a tumor, of every case of the open parts that has both images and the mask."""
    found: dict[str, bool] = {}
    for key in read_split(run).keys("learn", "tune"):
        case = cases[key]
        mask = case.labels.get(tumor.target.name)
        if case.inputs and image.name in case.labels and isinstance(mask, Mask):
            found[key] = any(bool(mask.region(name).any()) for name in tumor.classes)
    return found


def _answers(done: RunFolder, image: Target) -> dict[str, Image]:
    given = {p.case: p.answers.get(image.name) for p in done.predictions()}
    return {key: value for key, value in given.items() if isinstance(value, Image)}


def _look(
    detector: TumorDetector, bench: Bench, arm: str, images: Mapping[str, Image], *, share: float = float("nan"), seed: int = 0
) -> list[Seen]:
    held = bench.cases.select(bench.pools.held)
    return [
        Seen(arm=arm, share=share, seed=seed, case=key, patient=bench.cases[key].patient, found=found)
        for key, found in detector.look(held, images)
    ]


def _of_run(looks: Looks, settings: HazardSettings, *, about: str) -> Finding:
    """Say what the run's own model does to the held-out cases."""
    said, real, more = {}, {}, {}
    for what in RATES:
        said[what], real[what] = looks.estimate(what, OWN), looks.estimate(what, REAL)
        more[what] = looks.more(what, OWN, REAL)
    bad = any(m.ci95[0] > settings.tolerated for m in more.values())
    words = (f"{w} {_percent(said[w])} (real images: {_percent(real[w])}), more {with_interval(more[w])}" for w in RATES)
    return Finding(
        code="translation_run",
        severity="warning" if bad else "note",
        expected="tumors found in the run's own answers as in real images",
        got=f"{'; '.join(words)}. {about}",
        do="Read no finding off its answers." if bad else "What the detector misses in real images, it cannot miss here: look.",
        evidence=(*said.values(), *more.values(), *real.values()),
    )


def _of_arm(looks: Looks, settings: HazardSettings, arm: str, *, about: str, figure: str) -> Finding:
    """Say what the share of tumors does to one arm."""
    least, most = min(settings.shares), max(settings.shares)
    curves = {what: [looks.estimate(what, (arm, share)) for share in settings.shares] for what in RATES}
    swings = {
        "erased": looks.more("erased", (arm, least), (arm, most)),
        "invented": looks.more("invented", (arm, most), (arm, least)),
    }
    real = {what: looks.estimate(what, REAL) for what in RATES}
    bad = any(s.ci95[0] > settings.tolerated for s in swings.values())
    words = (
        f"{what} {_percent(looks.estimate(what, (arm, least)))} at {100 * least:.0f} % and "
        f"{_percent(looks.estimate(what, (arm, most)))} at {100 * most:.0f} % (real images: {_percent(real[what])}), "
        f"swing {with_interval(swings[what])}"
        for what in RATES
    )
    return Finding(
        code=f"translation_{arm}",
        severity="warning" if bad else "note",
        expected=f"tumors that answers of {arm} neither lose nor gain as the target's learning images have fewer or more of them",
        got=f"{'; '.join(words)}. {about}",
        do="Read no finding off a translated image. Learn from pairs that show the finding as often as patients do, and look again."
        if bad
        else "No swing above what is tolerated was seen; few cases and few trainings hide small ones.",
        evidence=(*curves["erased"], *curves["invented"], *swings.values(), *real.values()),
        figure=figure,
    )


def _figure(run: RunFolder, looks: Looks, settings: HazardSettings) -> str:
    """Draw the curves of all arms into the run's figures."""
    drawn: dict[str, list[Curve]] = {what: [] for what in RATES}
    for arm in settings.arms:
        for what, curves in drawn.items():
            found = [looks.estimate(what, (arm, share)) for share in settings.shares]
            values, ends = tuple(e.value for e in found), tuple(e.ci95 for e in found)
            curves.append(Curve(name=NAMES[arm], shares=settings.shares, values=values, ends=ends))
    name = "figures/translation.png"
    (run.path / name).parent.mkdir(exist_ok=True)
    (run.path / name).write_bytes(to_png(draw_hazard(drawn, real={what: looks.estimate(what, REAL).value for what in RATES})))
    return name


def _percent(e: Estimate) -> str:
    low, high = e.ci95
    inside = "no interval" if math.isnan(low) or math.isnan(high) else f"{100 * low:.0f} to {100 * high:.0f}"
    return f"{100 * e.value:.0f} % ({inside})"


AUDIT = Audit(
    name="translation",
    question="Does a translation erase tumors, or invent them, as its learning images have too few or too many?",
    needs="training",
    cite="Cohen, Luck & Honari, MICCAI 2018, arXiv:1805.08841",
    judge=judge,
    config=HazardSettings,
)
