"""Non-local means: each sample the mean of samples with neighborhoods like its own.

In:   input images with the target's channels and unit.
Out:  the filtered input; strength chosen on learning pairs.

Reference: Buades, Coll & Morel, CVPR 2005, doi:10.1109/CVPR.2005.38.
"""

from skimage.restoration import denoise_nl_means

from isocenter.core.method import Card
from isocenter.methods.translation._filter import FilterMethod, Slice

PATCH, REACH = 5, 6


def smooth(slice_: Slice, strength: float) -> Slice:
    """Return a slice (X, Y) smoothed; strength = cut-off of unlikeness, in intensities."""
    result: Slice = denoise_nl_means(slice_, patch_size=PATCH, patch_distance=REACH, h=strength, fast_mode=True)
    return result


METHOD = FilterMethod(
    Card(
        name="non_local_means",
        task="translation",
        answers=frozenset({"image"}),
        learned=False,
        cite="Buades et al., CVPR 2005, doi:10.1109/CVPR.2005.38",
        differs="slice by slice; strength in units of each slice's noise, the best of five on learning pairs",
    ),
    smooth,
    (0.4, 0.8, 1.2, 2.0, 4.0),
)
