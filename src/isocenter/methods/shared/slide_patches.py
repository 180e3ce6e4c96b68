"""Tiles of whole slides are classified; what they say is joined into regions, slides and patients.

In:   slides; regions drawn on them, labels of slides or of patients, or both.
Out:  heat map, regions and detections; scores of slides and patients, by the statistics of the heat map or by a pooling of
      multiple-instance learning. Without regions, tiles are learned from the labels of their bags.

Reference: Wang et al., arXiv:1606.05718 (heat maps of slides); Bándi et al., IEEE Trans Med Imaging 2019; 38:550-560 (CAMELYON17);
           Ilse, Tomczak & Welling, ICML 2018, arXiv:1802.04712.
Differs:   a small network, so that it learns on a processor; slides are told by regression on their heat map's statistics.
"""

from isocenter.core.task import Task
from isocenter.methods._slides.method import SlidePatches


def method(task: Task) -> SlidePatches:
    """Return it for a task."""
    return SlidePatches(task)
