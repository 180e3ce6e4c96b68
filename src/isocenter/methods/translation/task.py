"""Translation: what it asks, how the answer is measured, what must be beaten."""

from isocenter.core.task import Task
from isocenter.metrics.per_case import image_error, psnr, ssim

TASK = Task(
    name="translation",
    question="What would it look like?",
    answers=frozenset({"image"}),
    primary="image_error",
    better="lower",
    default="identity_image",
    baselines=("identity_image",),
    per_case=(image_error.METRIC, psnr.METRIC, ssim.METRIC),
)
