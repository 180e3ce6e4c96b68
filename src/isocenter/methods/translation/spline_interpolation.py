"""Spline interpolation: cubic B-splines through all samples, where the target has finer ones.

In:   input images with the target's channels and unit.
Out:  the input on the target's samples.

Reference: Thévenaz, Blu & Unser, IEEE Trans Med Imaging 2000; 19:739-758.
"""

from isocenter.core.method import Card
from isocenter.methods.translation._interpolation import InterpolationMethod

METHOD = InterpolationMethod(
    Card(
        name="spline_interpolation",
        task="translation",
        answers=frozenset({"image"}),
        learned=False,
        cite="Thévenaz et al., IEEE Trans Med Imaging 2000; 19:739",
        differs="over the same extent: outer borders stay, and beyond the outermost samples' centers their values go on",
    ),
    order=3,
)
