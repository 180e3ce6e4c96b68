"""Settings of register_sections: columns, stains, how hard it tries, what it writes."""

from dataclasses import dataclass
from typing import Literal

from isocenter.core.errors import SettingError, unknown
from isocenter.imaging.sections.density import STAINS


@dataclass(frozen=True, kw_only=True)
class SectionSettings:
    """How pairs of sections are registered."""

    fixed: str = "fixed"
    """Column of the section that stays: H&E."""
    moving: str = "moving"
    """Column of the section that is laid on it: IHC."""
    patient: str = "patient"
    """Column of the patient; intervals are over patients."""
    cells: str = "fixed_cells"
    """Column of tables of the fixed section's cells (x, y), which get columns of the moving section's DAB."""
    cells_unit: Literal["px", "um"] = "px"
    """Of x and y there: px as cell_profiles writes them, 0 = the middle of the first pixel; or um from the slide's corner."""
    fixed_stain: str = "he"
    """Dyes of the fixed section: he (hematoxylin, eosin) or hdab (hematoxylin, DAB)."""
    moving_stain: str = "hdab"
    """Dyes of the moving section."""
    channel: Literal["hematoxylin", "density"] = "hematoxylin"
    """What is matched; density (how dark it is) for stains without hematoxylin."""
    working_px: int = 384
    """Of the longer side, where the map is found; never finer than the slides, nor than 4 um."""
    turns: int = 24
    """Of a full circle, tried at the start."""
    turn_over: bool = False
    """Whether a section may lie upside down."""
    mesh: int = 6
    """Cells of the bend along the longer side; 0 = affine only."""
    bound: float = 2.0
    """By how much the bend may change an area; one that changes more, or folds, is made stiffer, then left out."""
    moved: Literal["full", "overview", "none"] = "full"
    """The moving section on the fixed one's glass: as fine as the fixed one, at 8 um, or not written."""
    transform: Literal["h5", "tfm"] = "h5"
    """File of the map."""
    positive_dab: float = 0.15
    """Optical density of DAB from which a cell counts as positive."""
    cell_um: float = 8.0
    """Side of the square about a cell's place over which DAB is averaged."""
    seed: int = 0
    """Of the bootstrap over patients."""

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        for name in (self.fixed_stain, self.moving_stain):
            if name not in STAINS:
                raise SettingError(unknown("stain", name, STAINS))
        if self.working_px < 64 or self.turns < 4:
            raise SettingError(f"expected working_px of 64 or more and turns of 4 or more, got {self.working_px} and {self.turns}.")
        if self.bound <= 1 or (self.mesh and self.mesh < 3):
            raise SettingError(f"expected bound above 1 and mesh of 0 or 3 and more, got {self.bound:g} and {self.mesh}.")
        if self.cell_um <= 0:
            raise SettingError(f"expected cell_um above 0, got {self.cell_um:g}.")
