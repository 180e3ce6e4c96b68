"""A classifier of single voxels, trained on patches and run as a fully convolutional network: lesions found in two stages."""
