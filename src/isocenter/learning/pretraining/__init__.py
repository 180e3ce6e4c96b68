"""Ways to learn from images without labels: one file each; the file's name is the name of the setting `pretrain`."""

from isocenter.core.registry import Registry
from isocenter.learning.pretrainer import Pretrainer

PRETRAINERS: Registry[Pretrainer] = Registry("pretraining", "isocenter.learning.pretraining", "PRETRAINER")
