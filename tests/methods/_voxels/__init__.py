"""Tests of isocenter.methods._voxels."""
