"""The training of a translation guided by masks: masks first, then how true images show them, then images, all on one loop.

In:   settings and study; learning pairs; the mask target marked `use: guide`.
Out:  the regularizer of the settings, the phases before the translation's own.
Not:  no regularizer itself (learning/regularizers), no translation (_paired.py).
"""

from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case, Cases
from isocenter.core.errors import StudyError
from isocenter.core.mask import Mask
from isocenter.core.study import Study, Target
from isocenter.imaging.resample import to_grid
from isocenter.learning.phases import Phase
from isocenter.learning.preparation import IGNORED, Prepared
from isocenter.learning.regularizer import NONE, ImageRegularizer, RegularizerConfig
from isocenter.learning.regularizers import REGULARIZERS
from isocenter.methods._patches.learner import build_code_learner, build_mask_learner
from isocenter.methods._patches.settings import PatchTraining
from isocenter.methods.translation._settings import TranslationSettings


def build_image_regularizer(settings: TranslationSettings, study: Study) -> ImageRegularizer | None:
    """Return what adds its cost to the distance, with random weights; None = nothing does. StudyError without a guiding mask."""
    if settings.regularizer == NONE:
        return None
    build = REGULARIZERS.get(settings.regularizer).of_images
    guide = guide_of(study)
    if build is None:  # refused by the settings
        raise TypeError(f"expected a regularizer of images, got {settings.regularizer}")
    return build(
        RegularizerConfig(
            patch=tuple(n for n in settings.patch if n > 1),
            channels=settings.target_channels,
            classes=len(guide.classes),
            weight=settings.regularizer_weight,
            seed=study.seed,
        )
    )


def guide_of(study: Study) -> Target:
    """Return the mask that guides. StudyError when there is none, several, or one of regions that overlap."""
    guides = [t for t in study.targets if t.use == "guide" and t.type == "mask" and not t.overlapping]
    if len(guides) != 1:
        raise StudyError(
            f"expected one mask target with `use: guide` for the regularizer, got {len(guides)}. Add it, of classes that exclude "
            "one another: {name: heart, type: mask, columns: heart, classes: [background, …], use: guide}."
        )
    return guides[0]


def phases_before(
    settings: TranslationSettings,
    study: Study,
    regularizer: ImageRegularizer,
    *,
    learn: Cases,
    pairs: Iterable[Prepared],
    steps: int,
) -> Sequence[Phase]:
    """Return the phases in which masks, and how images show them, are learned: of the plan's steps, so that arms cost alike.

    pairs : learning cases, their target on the learned scale
    Raises StudyError when no pair has the mask.
    """
    guide = guide_of(study)
    shown = [_shown(learn[pair.key], guide, pair) for pair in pairs if guide.name in learn[pair.key].labels]
    if not shown:
        raise StudyError(f"expected learning pairs with mask {guide.name}, got none. Look at: isocenter check STUDY")
    plain = PatchTraining(
        channels=(settings.target_channels,), patch=settings.patch, batch=settings.batch, augmentation=settings.augmentation,
        mirror_axes=settings.mirror_axes, rotation_deg=settings.rotation_deg, zoom=settings.zoom,
        channels_last=settings.channels_last,
    )  # fmt: skip
    each = min(round(settings.regularizer_share / 2 * steps), (steps - 1) // 2)
    build_of_masks = partial(
        build_mask_learner, plain, regularizer.of_masks, cases=shown, steps=each, seed=study.seed, classes=len(guide.classes)
    )
    build_of_images = partial(
        build_code_learner, plain, regularizer, cases=shown, steps=each, seed=study.seed, classes=len(guide.classes)
    )
    return Phase(name="masks", steps=each, build=build_of_masks), Phase(name="codes", steps=each, build=build_of_images)


def _shown(case: Case, guide: Target, pair: Prepared) -> Prepared:
    """Return a true image, as it is learned, with the mask that goes with it on its samples."""
    mask = case.labels[guide.name]
    if not isinstance(mask, Mask) or pair.target is None:
        raise StudyError(f"case {case.key}: expected a mask for target {guide.name}, got {type(mask).__name__}.")
    grid = pair.grid.sampled(pair.image.shape[1:])
    labels: NDArray[np.int16] = to_grid(mask.labels.array().astype(np.int16), mask.grid, grid, order=0, fill=IGNORED)[0]
    return Prepared(key=pair.key, image=pair.target, grid=grid, target=labels)
