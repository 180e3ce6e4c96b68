"""Methods that answer the labels of whole exams, whatever the task: one file a method, `method(task)` in each.

In:   a task. Out: the method of that name for it.
Not:  a method of one task alone (methods/<task>/); the parts they are made of (_exam, _tabular, _baselines).
"""

from collections.abc import Mapping

SERVES: Mapping[str, tuple[str, ...]] = {
    "blob_filter": ("detection", "localization"),
    "border": ("classification", "grading", "multilabel", "regression"),
    "cnn": ("classification", "counting", "grading", "multilabel", "proportion", "regression", "survival"),
    "covariates": ("classification", "counting", "grading", "multilabel", "proportion", "regression", "survival"),
    "densitometry": ("grading", "proportion", "regression"),
    "edges": ("classification", "grading", "regression", "survival"),
    "foreground_area": ("counting", "proportion"),
    "gp_unet": ("counting", "regression"),
    "image_statistics": ("classification", "counting", "grading", "multilabel", "proportion", "regression", "survival"),
    "mean_place": ("landmark_localization", "organ_localization"),
    "mil": ("classification", "grading", "multilabel"),
    "network_features": ("classification", "grading", "multilabel", "regression", "survival"),
    "slice_classifiers": ("landmark_localization", "organ_localization"),
    "slide_patches": ("classification", "grading", "multilabel", "multitask", "segmentation"),
    "thumbnail": ("classification", "grading", "multilabel", "regression", "survival"),
    "voxel_classifier": ("detection", "localization"),
    "training_mean": ("counting", "proportion", "regression"),
}
"""The tasks each method answers, here and not in its file, so that listing methods imports none of them."""
