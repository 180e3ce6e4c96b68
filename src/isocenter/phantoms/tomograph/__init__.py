"""What every computed-tomography phantom shares: a box of voxels, smooth fields, tubes, and what a scanner does to them."""
