"""A fitted diffusion model: a network, the frame of its images, and what it may be asked for.

In:   requests.
Out:  one image each; model.json and weights.safetensors.
Not:  no training (diffusion.py), no noise (learning/generative/denoising.py).
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from isocenter.core.case import Case
from isocenter.core.errors import SettingError, StudyError
from isocenter.core.prediction import Prediction
from isocenter.learning.generative.denoising import LEVELS, TIMES, denoised
from isocenter.learning.weights import write_weights
from isocenter.methods._frame import FrameSettings, as_image
from isocenter.methods.generation._conditions import Conditions
from isocenter.methods.generation._requests import AT_ONCE, seed_of, seed_refusal

Kind = tuple[float, ...]
"""What may be said of an image, as a vector of conditions."""


@dataclass(frozen=True, kw_only=True)
class DiffusionSettings(FrameSettings):
    """One network, and how it is learned and asked."""

    width: int = 16
    """Features at the full resolution; doubled at each of the two coarser ones."""
    batch: int = 32
    learning_rate: float = 1e-3
    average: float = 0.05
    """Share of the steps the averaged network looks back."""
    sampling_steps: int = 40
    """From noise to image."""

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if self.side % 2 ** (LEVELS - 1) or self.side < 8:
            raise SettingError(f"expected side to be a multiple of {2 ** (LEVELS - 1)} of 8 or more, got {self.side}.")
        if self.width % 8:
            raise SettingError(f"expected width to be a multiple of 8, got {self.width}.")
        if not 1 <= self.sampling_steps <= TIMES or self.batch < 1:
            raise SettingError(f"expected sampling_steps from 1 to {TIMES} and batch of 1 or more.")


class DiffusionModel:
    """See Model in core/method.py."""

    def __init__(
        self,
        network: nn.Module,
        target: str,
        settings: DiffusionSettings,
        conditions: Conditions,
        kinds: Sequence[tuple[float, ...]],
        *,
        ended: str = "",
    ) -> None:
        """Hold a network.

        kinds : what was said of learning images, each combination once; () = nothing is said
        ended : why the training ended before its last step; "" = it did not
        """
        self.network, self.target, self.settings, self.conditions = network.eval(), target, settings, conditions
        self.kinds, self.ended = tuple(kinds), ended

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one image a case. A case that asks for what was never seen, or with a seed that is none, is refused."""
        del scratch
        stream = iter(cases)
        while some := list(islice(stream, AT_ONCE)):
            asked = [self._kind(case) for case in some]
            wanted = [(case, kind) for case, kind in zip(some, asked, strict=True) if isinstance(kind, int)]
            images = self.sample([seed_of(case) for case, _ in wanted], [kind for _, kind in wanted]) if wanted else ()
            made = {case.key: as_image(image, self.settings) for (case, _), image in zip(wanted, images, strict=True)}
            for case, kind in zip(some, asked, strict=True):
                answers = {self.target: made[case.key]} if case.key in made else {}
                yield Prediction(case=case.key, answers=answers, refused=kind if isinstance(kind, str) else None)

    def refusal(self, case: Case) -> str:
        """Return why a request cannot be answered, "" where it can."""
        kind = self._kind(case)
        return kind if isinstance(kind, str) else ""

    def sample(self, seeds: Sequence[int], kinds: Sequence[int]) -> NDArray[np.float32]:
        """Return images (N, C, side, side) in [-1, 1]."""
        return sampled(self.network, seeds, kinds if self.kinds else None, self.settings)

    def save(self, folder: Path) -> None:
        """Write model.json and weights.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        text = {
            "target": self.target,
            "settings": dataclasses.asdict(self.settings),
            "conditions": {column: list(words) for column, words in self.conditions.words.items()},
            "kinds": [list(kind) for kind in self.kinds],
            "ended": self.ended,
        }
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")
        write_weights(self.network, folder / "weights.safetensors")

    def _kind(self, case: Case) -> int | str:
        """Return which combination a case asks for, or why it cannot be answered."""
        if refused := seed_refusal(case):
            return refused
        if not self.kinds:
            return 0
        try:
            said = tuple(self.conditions.vector(case.covariates, where=case.key).tolist())
        except StudyError as error:
            return str(error)
        if said not in self.kinds:
            return f"case {case.key}: expected a combination of words that learning images have, got another. Ask for one of them."
        return self.kinds.index(said)


def sampled(
    network: nn.Module, seeds: Sequence[int], kinds: Sequence[int] | None, settings: DiffusionSettings
) -> NDArray[np.float32]:
    """Return one image a seed, AT_ONCE at a time."""
    made = [
        denoised(
            network,
            seeds[first : first + AT_ONCE],
            None if kinds is None else kinds[first : first + AT_ONCE],
            channels=settings.channels,
            side=settings.side,
            steps=settings.sampling_steps,
        )
        for first in range(0, len(seeds), AT_ONCE)
    ]
    return np.concatenate(made)
