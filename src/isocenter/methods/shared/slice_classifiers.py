"""Slice classifiers: which slices show a structure, asked along all three axes; where the three agree lies its box.

In:   volumes; boxes or points, one of each kind a case.
Out:  one box, or one place, of each kind that slices across all axes show.

Reference: de Vos et al., IEEE Trans Med Imaging 2017; 36:1470-1481.
Differs:   three small networks in place of one; a slice is seen with its neighbors, and judged by how much of it is filled, so that
           walls are found between slices; a landmark is the middle of the few slices around it.
"""

from isocenter.core.task import Task
from isocenter.methods._structures.method import SliceClassifiers


def method(task: Task) -> SliceClassifiers:
    """Return it for a task."""
    return SliceClassifiers(task)
