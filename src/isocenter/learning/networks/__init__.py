"""Networks: one file each, config and module; the file's name is the network's name."""

from isocenter.core.registry import Registry
from isocenter.learning.network import Network

NETWORKS: Registry[Network] = Registry("network", "isocenter.learning.networks", "NETWORK")
