"""Names of the tables in words a reader knows.

In:   "dice_anterior", "baseline:threshold", "1". Out: "Dice, anterior", "threshold (baseline)", "".
"""

import math

_METRICS = {
    "dice": "Dice",
    "iou": "IoU",
    "hd95": "HD95",
    "hd95_miss": "HD95 misses",
    "hd95_monai": "HD95 (MONAI)",
    "hd95_monai_miss": "HD95 (MONAI) misses",
    "precision": "Precision",
    "recall": "Recall",
    "surface_dice": "Surface Dice",
    "mean_surface_distance": "Mean surface distance",
    "mean_surface_distance_miss": "Mean surface distance misses",
    "centerline_dice": "clDice",
    "volume_error": "Volume error",
    "relative_volume_error": "Relative volume error",
    "pixel_auc": "AUC of pixels",
    "auc": "AUC",
    "mean_absolute_error": "Mean absolute error",
    "kappa": "Cohen's kappa",
    "quadratic_kappa": "Quadratic kappa",
    "concordance": "Concordance",
    "foreground_rand": "Foreground-restricted Rand",
    "boundary_f1": "Boundary F1",
    "betti_error": "Betti error",
    "compactness": "Compactness",
    "true_compactness": "Compactness in truth",
    "psnr": "PSNR",
    "edge_error": "Edge error",
    "edge_correlation": "Correlation of edges",
    "signed_error": "Signed error",
    "exact_match": "Exact match",
    "correct": "Correct",
    "image_error": "Image error",
    "point_f1": "F1 of points",
    "box_f1": "F1 of boxes",
    "box_wall_distance": "Distance of box walls",
    "box_wall_distance_miss": "Distance of box walls, misses",
    "box_center_distance": "Distance of box centers",
    "box_center_distance_miss": "Distance of box centers, misses",
    "landmark_error": "Landmark error",
    "landmark_error_miss": "Landmark misses",
    "lesion_f1": "Lesion-wise F1",
    "lesion_sensitivity": "Lesion-wise sensitivity",
    "false_lesions": "False lesions a scan",
    "word_f1": "F1 of words",
    "multilabel_auc": "AUC, mean over findings",
    "balanced_accuracy": "Balanced accuracy",
    "accuracy": "Accuracy",
    "instance_precision": "Instance precision",
    "center_f1": "F1 of centers",
    "uno_concordance": "Uno's concordance",
    "spearman": "Spearman's rank correlation",
    "bias": "Bias",
    "ssim": "SSIM",
    "icc": "ICC(A,1)",
    "ece": "Calibration error (ECE)",
    "brier": "Brier score",
    "brier_score": "Brier score",
    "f1": "F1",
    "f1_micro": "Micro F1",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "positive_predictive_value": "Positive predictive value",
    "negative_predictive_value": "Negative predictive value",
    "average_precision": "Average precision",
    "mean_average_precision": "Mean average precision",
    "cpm": "Mean sensitivity at 1/8 to 8 false positives (CPM)",
    "sensitivity_at_1_5_fp": "Sensitivity at 1.5 false positives",
    "false_positives_at_85_sensitivity": "False positives at 85 % sensitivity",
    "calibration_slope": "Calibration slope",
    "calibration_intercept": "Calibration intercept",
    "icc_consistency": "ICC(C,1)",
    "lin_concordance": "Lin's concordance",
    "r_squared": "R²",
    "truth_sd": "SD of the truth",
    "linear_kappa": "Linear kappa",
    "survival_auc": "AUC at five years",
    "survival_brier": "Brier score at five years",
    "unlike_share": "Refused as unlike, share",
    "integrated_brier": "Integrated Brier score",
    "kid": "Kernel distance (KID)",
    "fid": "Fréchet distance (FID)",
    "generator_precision": "Precision of generated images",
    "generator_recall": "Recall of real images",
    "two_sample_auc": "AUC, generated against real",
    "skill": "Skill",
    "diversity": "Diversity, real images = 1",
}
_LOWER = (
    "error", "hd95", "distance", "ece", "brier", "loss", "mae", "rmse", "log_loss", "miss", "kid", "fid", "two_sample_auc",
    "false_lesions", "false_positives",
)  # fmt: skip
_UNITS = {"1": "", "{count}": "", "um": "µm", "px": "px", "[px]": "px", "{world}": "world units", "mm3": "mm³", "mm2": "mm²"}


def metric_in_words(name: str) -> str:
    """Return a metric's name for a reader; a class at the end follows after a comma."""
    whole = known_metric(name)
    if not whole:
        return name.replace("_", " ").strip().capitalize()
    rest = name[len(whole) + 1 :].replace("_", " ")
    return f"{_METRICS[whole]}, {rest}" if rest else _METRICS[whole]


def known_metric(name: str) -> str:
    """Return the metric a name begins with, if it is one we have words for; "" otherwise."""
    return max((known for known in _METRICS if name == known or name.startswith(known + "_")), key=len, default="")


def metric_within(name: str) -> str:
    """Return a metric's name as it stands inside a sentence: "absolute error", but "Dice" and "HD95" keep their capitals."""
    words = metric_in_words(name)
    first = words.split(",")[0].split()[0]
    proper = any(c.isupper() for c in first[1:]) or first in ("Dice", "Cohen's", "Brier")
    return words if proper else words[0].lower() + words[1:]


def lower_is_better(name: str) -> bool:
    """Tell whether a smaller number of this metric is the better one."""
    return any(part in name for part in _LOWER)


def who_in_words(who: str) -> str:
    """Return who made an answer: "model", "threshold (baseline)", "second (human rater)"."""
    kind, _, name = who.partition(":")
    if not name:
        return kind
    return f"{name.replace('_', ' ')} ({'baseline' if kind == 'baseline' else 'human rater' if kind == 'rater' else kind})"


def unit_in_words(unit: str) -> str:
    """Return a unit for a reader; nothing for a pure number."""
    return _UNITS.get(unit, unit)


def number(value: float, *, like: float | None = None) -> str:
    """Return a number with digits that suit its size: 0.872, 12.3, 1 234; "–" for what was not measured.

    like : choose the digits as for this number (an interval's ends follow their estimate)
    """
    if value is None or not math.isfinite(value):
        return "–"
    size = abs(like if like is not None and math.isfinite(like) else value)
    if size < 10:
        return f"{value:.3f}" if size < 2 else f"{value:.2f}"
    if size < 1000:
        return f"{value:.1f}"
    return f"{value:,.0f}".replace(",", "\u202f")


def quantity(value: float, unit: str) -> str:
    """Return a number with its unit: "2.31 mm", "0.872", "12 %"."""
    words = unit_in_words(unit)
    return f"{number(value)}\u202f{words}" if words and math.isfinite(value) else number(value)
