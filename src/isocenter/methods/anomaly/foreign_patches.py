"""Foreign patches: a network learns to find what was blended into normal images; what looks foreign is abnormal.

In:   pictures.
Out:  how foreign each sample is said to be, as the map.
Not:  no abnormal image is learned from. But most of what is blended in looks as if something grew there (`grown`): that something
      that grows pushes tissue aside and has no folds of its own is told to it. `grown: 0` tells nothing.

Reference: Tan et al., MELBA 2022:013, arXiv:2011.04197; Tan et al., MICCAI 2021, LNCS 12905:581-591; Baugh et al., MICCAI 2023,
           arXiv:2307.00899 (several synthetic tasks, deformations among them).
Differs:   a U-Net in place of a residual encoder-decoder; see learning/anomaly/foreign.py for the patches.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from isocenter.core.errors import SettingError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.learning.anomaly.foreign import Foreign, ForeignConfig
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner
from isocenter.learning.last_good import driven
from isocenter.learning.networks.unet import UNet, UNetConfig
from isocenter.learning.weights import read_weights, write_weights
from isocenter.methods.anomaly._detector import Scorer
from isocenter.methods.anomaly._method import AnomalyMethod, Learned
from isocenter.methods.anomaly._plan import plan_learned
from isocenter.methods.anomaly._settings import DetectorSettings
from isocenter.methods.anomaly._settled import settled

Images = NDArray[np.float32]
SANE = 500
AT_ONCE = 32


@dataclass(frozen=True, kw_only=True)
class ForeignSettings(DetectorSettings):
    """Fields are settings of the plan."""

    widths: tuple[int, ...] = (12, 24, 48, 64)
    """Features per level, finest first; each level but the first halves the image, and none is smaller than 4 samples."""
    matched: float = 1.0
    """Chance that a foreign patch gets the mean of what it replaces, so that its brightness does not tell it."""
    radius: tuple[float, float] = (0.045, 0.125)
    """Of the smallest and the largest foreign patch, as a share of the side."""
    grown: float = 0.7
    """Chance that what is blended in is no patch of another image, but looks as if it grew there and pushed tissue aside."""
    untouched: float = 0.4
    """Share of images with nothing foreign, so that a network need not find something in every image."""
    normalization: str = "batch"
    """"batch", which keeps how unusual one image is beside others, or "instance", which looks at each by itself."""
    batch: int = 12
    learning_rate: float = 3e-3
    precision: str = "float32"

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError."""
        super().__post_init__()
        for name in ("matched", "grown", "untouched"):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingError(f"expected {name} in [0, 1], got {getattr(self, name)}.")
        if self.untouched == 1:
            raise SettingError("expected untouched below 1: with nothing foreign in any image there is nothing to learn.")
        if not 0 < self.radius[0] <= self.radius[1] <= 0.5:
            raise SettingError(
                f"expected the smallest and the largest radius, above 0 and at most 0.5 of the side, got {self.radius}."
            )
        if len(self.widths) < 2 or min(self.batch, *self.widths) < 1:
            raise SettingError(
                f"expected two widths or more, and batch and widths of 1 or more, got {self.widths} and {self.batch}."
            )

    def network(self) -> UNet:
        """Return the network, untrained; of the widths as many as the side bears."""
        widths = self.widths[: self.side.bit_length() - 2]
        config = UNetConfig(
            dimensions=2,
            in_channels=self.channels,
            out_channels=1,
            widths=widths,
            deep_supervision=False,
            normalization=self.normalization,
        )
        return UNet(config)

    def lesson(self) -> ForeignConfig:
        """Return what is drawn."""
        return ForeignConfig(batch=self.batch, matched=self.matched, radius=self.radius, grown=self.grown, untouched=self.untouched)


class ForeignScorer:
    """See Scorer."""

    def __init__(self, network: nn.Module, settings: ForeignSettings) -> None:
        self.network, self.settings = network.eval(), settings

    @torch.no_grad()
    def score(self, images: Images) -> Images:
        """Return the probability of being foreign."""
        parts = (torch.from_numpy(images[first : first + AT_ONCE]) for first in range(0, len(images), AT_ONCE))
        return np.asarray(torch.cat([self.network(part).sigmoid()[:, 0] for part in parts]).numpy(), np.float32)

    def save(self, folder: Path) -> None:
        """Write weights.safetensors."""
        write_weights(self.network, folder / "weights.safetensors")


class ForeignPatches(AnomalyMethod):
    """See AnomalyMethod."""

    card = Card(
        name="foreign_patches",
        task="anomaly",
        answers=frozenset({"class"}),
        learned=True,
        cite="Tan et al., MELBA 2022:013, arXiv:2011.04197; Tan et al., MICCAI 2021, LNCS 12905:581-591; Baugh et al., MICCAI 2023",
        differs="means are matched in place of gradients; blobs in place of boxes; a U-Net; most blobs look as if they grew there",
        reads="pictures",
    )
    settings = ForeignSettings

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        del gigabytes
        return plan_learned(
            study, fingerprint, method=self.card.name, config=ForeignSettings, build=_learner, sane=SANE, minutes=minutes
        )

    def learn(self, images: Images, settings: ForeignSettings, plan: Plan, journal: Journal) -> Learned:
        """Train from where the journal's state stands."""
        learner = _learner(images, settings, plan.steps, plan.seed)
        ended = driven(learner, journal, steps=plan.steps)
        return Learned(scorer=ForeignScorer(settled(learner.ema.network), settings), ended=ended)

    def read(self, folder: Path, settings: ForeignSettings) -> Scorer:
        """Return the scorer that `save` wrote."""
        network = settings.network()
        read_weights(network, folder / "weights.safetensors")
        return ForeignScorer(network, settings)


def _learner(images: Images, settings: ForeignSettings, steps: int, seed: int) -> GradientLearner:
    torch.manual_seed(seed)
    lesson = Foreign(images, settings.lesson(), seed=seed)
    config = GradientConfig(
        dimensions=2, steps=steps, learning_rate=settings.learning_rate, precision=settings.precision, seed=seed
    )  # fmt: skip
    return GradientLearner(settings.network(), lesson, config)


METHOD = ForeignPatches()
