"""Denoising diffusion: a network learns which noise was added to an image; from noise alone it then finds its way to one.

In:   images (N, C, side, side) in [-1, 1], the class of each.
Out:  DenoisingLesson for a GradientLearner; `denoised`: images of seeds.
Not:  no optimizer, no clock.

Reference: Ho, Jain & Abbeel, NeurIPS 2020, arXiv:2006.11239 (training); Song, Meng & Ermon, ICLR 2021, arXiv:2010.02502 (sampling
           without chance: the same noise gives the same image); Nichol & Dhariwal, ICML 2021, arXiv:2102.09672 (cosine schedule).
Differs:   MONAI's network and schedules, narrow, with attention at the coarsest level alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from monai.networks.nets.diffusion_model_unet import DiffusionModelUNet
from monai.networks.schedulers.ddim import DDIMScheduler
from monai.networks.schedulers.ddpm import DDPMScheduler
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import mse_loss

LEVELS = 3
TIMES = 400
"""Steps of noise while training."""
SCHEDULE = "cosine"


def denoising_network(*, channels: int, width: int, classes: int) -> nn.Module:
    """Return a network: noisy images (N, C, s, s), times (N,), classes (N,) or None -> the noise, (N, C, s, s).

    classes : kinds of images told apart; 0 = none
    """
    made: nn.Module = DiffusionModelUNet(
        spatial_dims=2,
        in_channels=channels,
        out_channels=channels,
        num_res_blocks=1,
        channels=tuple(width * 2**level for level in range(LEVELS)),
        attention_levels=(*[False] * (LEVELS - 1), True),
        num_head_channels=width * 2 ** (LEVELS - 1),
        norm_num_groups=min(8, width),
        num_class_embeds=classes or None,
    )
    return made


class DenoisingLesson:
    """See Lesson in learning/gradient_learner.py."""

    def __init__(self, images: NDArray[np.float32], classes: NDArray[np.int64] | None, *, batch: int, seed: int) -> None:
        """Hold the images.

        images  : (N, C, side, side)
        classes : (N,); None = all alike
        """
        self.images = torch.from_numpy(images)
        self.classes = None if classes is None else torch.from_numpy(classes)
        self.batch = batch
        self.random = torch.Generator().manual_seed(seed)
        self.noising = DDPMScheduler(num_train_timesteps=TIMES, schedule=SCHEDULE)

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the squared error of the noise told, ()."""
        chosen = torch.randint(len(self.images), (self.batch,), generator=self.random)
        images, times = self.images[chosen], torch.randint(TIMES, (self.batch,), generator=self.random)
        noise = torch.randn(images.shape, generator=self.random)
        noisy = self.noising.add_noise(original_samples=images, noise=noise, timesteps=times)
        classes = None if self.classes is None else place(self.classes[chosen])
        told = network(place(noisy), place(times), class_labels=classes)
        return mse_loss(told.float(), place(noise))

    def learned(self, loss: float) -> None:
        """Hear nothing: every image is drawn alike."""
        del loss

    def state(self) -> Mapping[str, Any]:
        """Return the generator of random numbers."""
        return {"random": self.random.get_state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.random.set_state(state["random"])


@torch.no_grad()
def denoised(
    network: nn.Module, seeds: Sequence[int], classes: Sequence[int] | None, *, channels: int, side: int, steps: int
) -> NDArray[np.float32]:
    """Return one image a seed, (N, C, side, side) in [-1, 1].

    classes : the kind of each; None = all alike
    steps   : from noise to image
    """
    device = next(network.parameters()).device
    schedule = DDIMScheduler(num_train_timesteps=TIMES, schedule=SCHEDULE, clip_sample=True)
    schedule.set_timesteps(steps)
    noise = [torch.randn(channels, side, side, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
    images = torch.stack(noise).to(device)
    said = None if classes is None else torch.tensor(list(classes), device=device)
    for time in schedule.timesteps:
        told = network(images, time.expand(len(images)).to(device), class_labels=said)
        images, _ = schedule.step(told, int(time), images)
    made: NDArray[np.float32] = images.clamp(-1, 1).float().cpu().numpy()
    return made
