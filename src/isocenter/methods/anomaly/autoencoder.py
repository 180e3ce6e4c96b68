"""Auto-encoder: normal images are drawn again through a narrow code; what is drawn worse than expected is abnormal.

In:   pictures.
Out:  the squared error over the variance expected of it as the map. `sure: false`: the squared error alone, as in the plain kind.
Not:  no proof that what is rare is drawn badly: a wide code draws everything well.

Reference: Mao et al., MICCAI 2020, LNCS 12266:529-538; Baur et al., Med Image Anal 2021; 69:101952 (comparison of the kinds).
Differs:   convolutional code that keeps its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from isocenter.core.errors import SettingError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.learning.anomaly.redrawer import Redrawer, RedrawerConfig, Redrawing
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner
from isocenter.learning.last_good import driven
from isocenter.learning.weights import read_weights, write_weights
from isocenter.methods.anomaly._detector import Scorer
from isocenter.methods.anomaly._method import AnomalyMethod, Learned
from isocenter.methods.anomaly._plan import plan_learned
from isocenter.methods.anomaly._settings import DetectorSettings
from isocenter.methods.anomaly._settled import settled

Images = NDArray[np.float32]
SANE = 300
AT_ONCE = 32


@dataclass(frozen=True, kw_only=True)
class AutoencoderSettings(DetectorSettings):
    """Fields are settings of the plan."""

    widths: tuple[int, ...] = (16, 32, 64)
    """Features per level, finest first; each level but the first halves the image."""
    code: int = 4
    """Numbers kept at each place of the coarsest level."""
    sure: bool = True
    """Whether the error is divided by the variance expected of it."""
    batch: int = 16
    learning_rate: float = 3e-3
    mirror: bool = True
    """Whether images are also learned mirrored along their first axis."""
    precision: str = "bfloat16"

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError."""
        super().__post_init__()
        if min(self.code, self.batch, *self.widths) < 1 or 2 ** (len(self.widths) - 1) > self.side:
            raise SettingError("expected code, batch and widths of 1 or more, and no more levels than the side bears.")

    def network(self) -> Redrawer:
        """Return the network, untrained."""
        return Redrawer(RedrawerConfig(channels=self.channels, widths=self.widths, code=self.code))


class RedrawnScorer:
    """See Scorer."""

    def __init__(self, network: Redrawer, settings: AutoencoderSettings) -> None:
        self.network, self.settings = network.eval(), settings

    @torch.no_grad()
    def score(self, images: Images) -> Images:
        """Return the squared error, over the variance expected of it where that is asked for."""
        found = []
        for first in range(0, len(images), AT_ONCE):
            image = torch.from_numpy(images[first : first + AT_ONCE])
            again, log_variance = self.network(image)
            error = (image - again).square()
            found.append((error * torch.exp(-log_variance) if self.settings.sure else error).mean(dim=1))
        return np.asarray(torch.cat(found).numpy(), np.float32)

    def save(self, folder: Path) -> None:
        """Write weights.safetensors."""
        write_weights(self.network, folder / "weights.safetensors")


class Autoencoder(AnomalyMethod):
    """See AnomalyMethod."""

    card = Card(
        name="autoencoder",
        task="anomaly",
        answers=frozenset({"class"}),
        learned=True,
        cite="Mao et al., MICCAI 2020, LNCS 12266:529-538; Baur et al., Med Image Anal 2021; 69:101952",
        differs="convolutional code that keeps its place",
        reads="pictures",
    )
    settings = AutoencoderSettings

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Choose every setting; times a few steps."""
        del gigabytes
        return plan_learned(
            study, fingerprint, method=self.card.name, config=AutoencoderSettings, build=_learner, sane=SANE, minutes=minutes
        )

    def learn(self, images: Images, settings: AutoencoderSettings, plan: Plan, journal: Journal) -> Learned:
        """Train from where the journal's state stands."""
        learner = _learner(images, settings, plan.steps, plan.seed)
        ended = driven(learner, journal, steps=plan.steps)
        return Learned(scorer=RedrawnScorer(settled(learner.ema.network), settings), ended=ended)

    def read(self, folder: Path, settings: AutoencoderSettings) -> Scorer:
        """Return the scorer that `save` wrote."""
        network = settings.network()
        read_weights(network, folder / "weights.safetensors")
        return RedrawnScorer(network, settings)


def _learner(images: Images, settings: AutoencoderSettings, steps: int, seed: int) -> GradientLearner:
    torch.manual_seed(seed)
    lesson = Redrawing(torch.from_numpy(images), batch=settings.batch, mirror=settings.mirror, seed=seed)
    config = GradientConfig(
        dimensions=2, steps=steps, learning_rate=settings.learning_rate, precision=settings.precision, seed=seed
    )  # fmt: skip
    return GradientLearner(settings.network(), lesson, config)


METHOD = Autoencoder()
