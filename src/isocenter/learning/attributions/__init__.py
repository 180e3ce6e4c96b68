"""Attributions: one file each; the file's name is the attribution's name."""

from isocenter.core.registry import Registry
from isocenter.learning.attribution import Attribution

ATTRIBUTIONS: Registry[Attribution] = Registry("attribution", "isocenter.learning.attributions", "ATTRIBUTION")
