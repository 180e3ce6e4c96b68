"""Learning images as they are: the floor. Real against real, a score is as good here as it can be.

In:   the learning images.
Out:  one of them a request.
Not:  no generator. The model folder holds the images: do not pass it on where the images may not go.

Reference: Bińkowski et al., ICLR 2018, arXiv:1801.01401.
"""

from isocenter.methods.generation._real import RealImages

METHOD = RealImages("learning_images", "images of other patients stand for generated ones: what perfect answers would score")
