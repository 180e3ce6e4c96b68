"""Total variation: the image nearest to the input whose intensities go up and down least.

In:   input images with the target's channels and unit.
Out:  the filtered input; strength chosen on learning pairs.

Reference: Chambolle, J Math Imaging Vis 2004; 20:89-97.
"""

from skimage.restoration import denoise_tv_chambolle

from isocenter.core.method import Card
from isocenter.methods.translation._filter import FilterMethod, Slice


def smooth(slice_: Slice, strength: float) -> Slice:
    """Return a slice (X, Y) smoothed; strength = weight of the variation, in intensities."""
    result: Slice = denoise_tv_chambolle(slice_, weight=strength)  # type: ignore[no-untyped-call]
    return result


METHOD = FilterMethod(
    Card(
        name="total_variation",
        task="translation",
        answers=frozenset({"image"}),
        learned=False,
        cite="Chambolle, J Math Imaging Vis 2004; 20:89",
        differs="slice by slice; strength in units of each slice's noise, the best of five on learning pairs",
    ),
    smooth,
    (0.5, 1.0, 2.0, 4.0, 8.0),
)
