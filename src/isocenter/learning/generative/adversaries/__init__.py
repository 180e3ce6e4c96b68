"""Adversaries: one file each; the file's name is the adversary's name."""

from isocenter.core.registry import Registry
from isocenter.learning.generative.adversary import Adversary

ADVERSARIES: Registry[Adversary] = Registry("adversary", "isocenter.learning.generative.adversaries", "ADVERSARY")
