"""Voxel classifier: is the middle of this patch lesion? Trained on sampled patches, run as one fully convolutional network.

In:   images, 2-D or 3-D; points or boxes of one or several kinds.
Out:  candidates with scores, by non-maximum suppression or watershed of the probability map, each judged again by a network that
      sees its near and its wider surroundings; the counts that the study scores; probability maps where asked for.

Reference: Ciresan et al., NeurIPS 2012 (patches around pixels) and MICCAI 2013 (detection); Long, Shelhamer & Darrell, CVPR 2015,
           arXiv:1411.4038 (fully convolutional); Ding et al., MICCAI 2017, arXiv:1706.04303 (candidates judged again).
Differs:   dilation takes back the pools, so that the map is as fine as the image and equals the sliding window's.
"""

from isocenter.core.task import Task
from isocenter.methods._voxels.method import VoxelClassifier


def method(task: Task) -> VoxelClassifier:
    """Return it for a task."""
    return VoxelClassifier(task)
