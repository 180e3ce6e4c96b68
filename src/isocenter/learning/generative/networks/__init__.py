"""Pairs of generator and critic: one file each; the file's name is the pair's name."""

from isocenter.core.registry import Registry
from isocenter.learning.generative.pair import Pair

PAIRS: Registry[Pair] = Registry("pair of networks", "isocenter.learning.generative.networks", "PAIR")
