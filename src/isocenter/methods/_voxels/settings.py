"""Settings of the voxel classifier and its second stage; each field is a setting of the plan."""

from dataclasses import dataclass

from isocenter.core.errors import SettingError
from isocenter.imaging.candidates import WAYS
from isocenter.learning.context_network import ContextNetworkConfig
from isocenter.learning.voxel_network import VoxelNetworkConfig
from isocenter.methods._patches.settings import PatchTraining

Axes = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class VoxelSettings(PatchTraining):
    """Two networks: which voxels are lesion, and which candidates are true."""

    patch: Axes = ()
    """Samples per axis one voxel is judged by: the receptive field that kernels, pools and rest make; () = not chosen yet."""
    widths: Axes = (16, 32, 32)
    """Features of each block."""
    kernels: tuple[Axes, ...] = ((4, 4), (4, 4), (4, 4))
    """Of each block, per axis the network sees."""
    pools: tuple[Axes, ...] = ((2, 2), (2, 2), (1, 1))
    """Of each block, per axis; 1 = none."""
    rest: Axes = (3, 3)
    """Samples left when the fully connected layer looks."""
    hidden: int = 64
    """Features of the fully connected layer."""
    batch: int = 64
    loss: str = "cross_entropy"
    sampler: str = "balanced"
    radius: float = 3.0
    """Of points: voxels within so many world units belong to one. Boxes: the ellipsoid inside."""
    candidates: str = "suppression"
    """How a probability map becomes places: "suppression" (of what is not a maximum) or "watershed"."""
    distance: float = 4.0
    """World units within which there is one candidate (suppression)."""
    above: float = 0.2
    """Least probability of a candidate."""
    tile: Axes = ()
    """Positions per axis predicted at once; memory goes with them, the answer does not."""
    second_stage: bool = True
    """Whether candidates are judged again, by a network that sees more of their surroundings."""
    second_steps: int = 300
    """Steps of the training that are the second stage's."""
    view: Axes = ()
    """Samples per axis of both its views."""
    wider: int = 3
    """How many times wider the second view is than the first."""
    keep_map: bool = False
    """Also write the probability map of every case."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError, with "did you mean"."""
        super().__post_init__()
        self._check_name("way to find candidates", self.candidates, tuple(WAYS))
        self._check_range("above", 0.0, 1.0)
        if self.radius <= 0 or self.distance <= 0 or self.wider < 1 or self.second_steps < 0:
            raise SettingError(
                f"expected radius and distance > 0, wider >= 1 and second_steps >= 0, got {self.radius!r}, {self.distance!r}, "
                f"{self.wider!r} and {self.second_steps!r}."
            )
        if self.patch:
            self._check_axes()

    def _check_axes(self) -> None:
        field, live = self.network(outputs=2).patch, tuple(n for n in self.patch if n > 1)
        if live != field:
            raise SettingError(f"expected the patch {list(field)}, which kernels, pools and rest make, got {list(live)}.")
        for name, value in (("tile", self.tile), ("view", self.view)):
            if value and (len(value) != len(self.patch) or min(value) < 1):
                raise SettingError(f"expected {name} as {len(self.patch)} numbers from 1 on, got {list(value)}.")

    def network(self, *, outputs: int) -> VoxelNetworkConfig:
        """Return the shape of the first network."""
        return VoxelNetworkConfig(
            dimensions=len(self.rest),
            in_channels=sum(self.channels),
            out_channels=outputs,
            widths=self.widths,
            kernels=self.kernels,
            pools=self.pools,
            rest=self.rest,
            hidden=self.hidden,
        )

    def second(self) -> ContextNetworkConfig:
        """Return the shape of the second network."""
        return ContextNetworkConfig(
            dimensions=self.dimensions, channels=sum(self.channels), view=tuple(n for n in self.view if n > 1)
        )
