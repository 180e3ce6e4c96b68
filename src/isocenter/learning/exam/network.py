"""The network of an exam: views → features → pooled where a label speaks → one head's numbers a target.

In:   ExamBatch.
Out:  ExamOutput: raw numbers per target, and per auxiliary head; maps of what every place says, on request.
Not:  no encoder, fusion, pooling, conditioning or head of its own: those are members of their registries.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from isocenter.core.errors import StudyError
from isocenter.core.plan import as_config
from isocenter.core.record import Record
from isocenter.learning.conditioning import Conditioner
from isocenter.learning.conditionings import CONDITIONINGS
from isocenter.learning.encoder import Features
from isocenter.learning.encoders import ENCODERS
from isocenter.learning.exam.batch import ExamBatch
from isocenter.learning.exam.by_target import ByTarget
from isocenter.learning.exam.placement import shares_of_places
from isocenter.learning.exam.pooled_norm import SLOPE, PooledNorm
from isocenter.learning.fusion import Fused, Fusing
from isocenter.learning.fusions import FUSIONS
from isocenter.learning.poolings import POOLINGS
from isocenter.learning.present_views import spread


@dataclass(frozen=True, kw_only=True)
class ExamNetworkConfig:
    """Shape of one network."""

    dimensions: int
    """Spatial axes the encoder sees: 2 or 3."""
    channels: tuple[int, ...]
    """Of each view."""
    outputs: Mapping[str, int]
    """Numbers per target."""
    dense: tuple[str, ...] = ()
    """Targets answered at every place of the frame instead of pooled."""
    covariates: int = 0
    """K."""
    encoder: str = "convnet"
    encoder_settings: Mapping[str, Any] = field(default_factory=dict)
    fusion: str = "stacked"
    pooling: str = "average"
    conditioning: str = "none"
    """Where covariates enter: "none" or a member of conditionings/."""
    dropout: float = 0.2
    """Of the pooled features."""
    pooled_norm: bool = False
    """Bring pooled features, or the answers of places that are pooled, to one scale over the batch."""


class ExamOutput(Record):
    """What a network says of a batch."""

    raw: Mapping[str, Tensor]
    """By target (N, outputs); of a dense one (N, B, outputs, *S)."""
    auxiliary: tuple[Mapping[str, Tensor], ...] = ()
    """The same from each single view, in training."""
    maps: Mapping[str, Tensor] | None = None
    """By target (N, B, outputs, *s): what every place says."""
    attention: Tensor | None = None
    """(N, B, *s): the share of each place, where the pooling has one."""
    pooled: Tensor | None = None
    """(N, F): each feature averaged over places and instances, but not in training."""


def look(network: Callable[..., Any], batch: ExamBatch, *, maps: bool = False) -> ExamOutput:
    """Return what a network says of a batch; with `maps`, what every place says too."""
    said: Mapping[str, Any] = network(batch.views, batch.present, batch.filled, dict(batch.where), batch.covariates, maps=maps)
    return ExamOutput(**said)


class ExamNetwork(nn.Module):
    """Tensors of an ExamBatch -> fields of an ExamOutput; `look` hands over both.

    Plain tuples and dicts in between, because what wraps networks (precision, several processes) looks into nothing else.
    """

    def __init__(self, config: ExamNetworkConfig) -> None:
        super().__init__()
        self.config = c = config
        self.conditioning: Conditioner | None = None
        self.place = "none"
        extra = 0
        if c.conditioning != "none" and c.covariates:
            member = CONDITIONINGS.get(c.conditioning)
            self.place = member.place
        fusion = FUSIONS.get(c.fusion)
        constant = 0
        if self.place == "image":
            self.conditioning = CONDITIONINGS.get(c.conditioning).build(c.covariates, 0)
            constant = self.conditioning.channels
        self.fusion = fusion.build(self._encoder, [count + constant for count in c.channels])
        if self.place in ("features", "pooled"):
            self.conditioning = CONDITIONINGS.get(c.conditioning).build(c.covariates, self.fusion.features)
            extra = self.conditioning.channels if self.place == "pooled" else 0
        pooling = POOLINGS.get(c.pooling)
        self.level = pooling.level
        if c.dense and self.fusion.stride != 1:
            raise StudyError(
                f"expected features at the image's own resolution to learn masks from, got the encoder {c.encoder}, which keeps "
                f"one place of {self.fusion.stride}. Take settings: {{encoder: unet_features}}."
            )
        self.pooling: nn.Module = pooling.build(self.fusion.features)
        pooled = {name: count for name, count in c.outputs.items() if name not in c.dense} if c.pooled_norm else {}
        self.norms = ByTarget(
            {name: PooledNorm(self.fusion.features) for name in pooled}
            if self.level == "features"
            else {name: PooledNorm(count, slope=SLOPE) for name, count in pooled.items()}
        )
        self.dropout = nn.Dropout(c.dropout)
        self.heads = ByTarget({name: nn.Linear(self.fusion.features + extra, count) for name, count in c.outputs.items()})
        self.auxiliary = nn.ModuleList(
            ByTarget({name: nn.Linear(count, outputs) for name, outputs in c.outputs.items() if name not in c.dense})
            for count in self.fusion.auxiliary
        )

    def _encoder(self, channels: int) -> Features:
        entry = ENCODERS.get(self.config.encoder)
        settings = {"dimensions": self.config.dimensions, "in_channels": channels, **self.config.encoder_settings}
        return entry.build(as_config(entry.config, settings, method=f"encoder {self.config.encoder}"))

    def forward(
        self,
        views: tuple[Tensor, ...],
        present: Tensor,
        filled: Tensor,
        where: dict[str, Tensor],
        covariates: Tensor,
        *,
        maps: bool = False,
    ) -> dict[str, Any]:
        """Return raw numbers; with `maps`, what every place says too."""
        batch = ExamBatch(views=views, present=present, filled=filled, where=where, covariates=covariates, truths={})
        count, bag = filled.shape
        fused = self._fused(batch)
        features = fused.features  # (N * B, F, *s)
        if self.place == "features" and self.conditioning is not None:
            features = self.conditioning(features, batch.covariates.repeat_interleave(bag, dim=0))
        joined = self.conditioning(batch.covariates) if self.place == "pooled" and self.conditioning is not None else None
        raw = {
            name: self._map(name, features, count, bag)
            if name in self.config.dense
            else self._answer(name, features, batch, joined)
            for name in self.heads
        }
        auxiliary = tuple(
            {name: head(_averaged(features, batch.filled * batch.present[:, :, view])) for name, head in heads.items()}  # type: ignore[operator]
            for view, (heads, features) in enumerate(zip(list(self.auxiliary), fused.auxiliary, strict=False))
        )
        if self.training and not maps:
            return {"raw": raw, "auxiliary": auxiliary}
        pooled = _averaged(fused.features, batch.filled)
        if not maps:
            return {"raw": raw, "pooled": pooled}
        said = {name: self._map(name, features, count, bag) for name in self.heads}
        return {"raw": raw, "maps": said, "attention": self._attention(features, batch), "pooled": pooled}

    def pooled(self, batch: ExamBatch, name: str) -> Tensor:
        """Return the mean of each feature over the places where a target's label speaks, (N, F)."""
        features = self._fused(batch).features
        where = self._where(name, features, batch)  # (N, 1, B * P)
        mean: Tensor = (_places(features, batch) * where).sum(dim=2) / where.sum(dim=2).clamp_min(1e-6)
        return mean

    def last_bias(self, name: str) -> nn.Parameter:
        """Return the bias that moves a target's answers, and nothing else."""
        if self.level == "answers" and name in self.norms:
            return self.norms[name].get_parameter("bias")
        return self.heads[name].get_parameter("bias")

    def _fused(self, batch: ExamBatch) -> Fused:
        views = [view.flatten(0, 1) for view in batch.views]  # (N * B, C, *S)
        if self.place == "image" and self.conditioning is not None:
            constant = self.conditioning(batch.covariates).repeat_interleave(batch.filled.shape[1], dim=0)  # (N * B, k)
            wide = constant[(..., *[None] * (views[0].ndim - 2))]
            views = [torch.cat([view, wide.expand(-1, -1, *view.shape[2:]).to(view.dtype)], dim=1) for view in views]
        present, filled = batch.present.flatten(0, 1), batch.filled.flatten() > 0
        if bool(filled.all()):
            whole: Fused = self.fusion(views, present)
            return whole
        # What fills up a short bag is no image: it must not move the statistics of normalizations.
        fused: Fused = self.fusion([view[filled] for view in views], present[filled])
        return Fused(
            features=spread(fused.features, filled), auxiliary=tuple(spread(features, filled) for features in fused.auxiliary)
        )

    def _answer(self, name: str, features: Tensor, batch: ExamBatch, joined: Tensor | None) -> Tensor:
        """Return (N, outputs) of one target."""
        where = self._where(name, features, batch)
        head = self.heads[name]
        if self.level == "features":
            pooled = self.pooling(_places(features, batch), where)  # (N, F)
            if name in self.norms:
                pooled = self.norms[name](pooled, where.amax(dim=2))
            pooled = self.dropout(pooled)
            raw: Tensor = head(pooled if joined is None else torch.cat([pooled, joined], dim=1))
            return raw
        said = _places(self._raw(head, features), batch)  # (N, outputs, B * P)
        answer: Tensor = self.pooling(self.norms[name](said, where) if name in self.norms else said, where)
        if joined is not None:
            answer = answer + nn.functional.linear(joined, head.get_parameter("weight")[:, self.fusion.features :])
        return answer

    def _said(self, name: str, features: Tensor) -> Tensor:
        """Return what a target's head says at every place, (N * B, outputs, *s)."""
        raw = self.heads[name]
        if name not in self.norms:
            return self._raw(raw, features)
        scale, shift = self.norms[name].affine()  # type: ignore[operator]
        wide = (1, -1, *[1] * (features.ndim - 2))
        if self.level == "features":  # of means it makes numbers on a straight line: so it does of each place
            return self._raw(raw, features * scale.view(wide) + shift.view(wide))
        said: Tensor = self._raw(raw, features) * scale.view(wide) + shift.view(wide)
        return said

    def _raw(self, head: nn.Module, features: Tensor) -> Tensor:
        """Return a head applied at every place, (N * B, outputs, *s)."""
        weight, bias = head.get_parameter("weight")[:, : self.fusion.features], head.get_parameter("bias")
        said: Tensor = torch.einsum("of,nf...->no...", weight, features)
        return said + bias.view(1, -1, *[1] * (features.ndim - 2))

    def _map(self, name: str, features: Tensor, count: int, bag: int) -> Tensor:
        said = self._said(name, features)
        return said.view(count, bag, *said.shape[1:])

    def _attention(self, features: Tensor, batch: ExamBatch) -> Tensor | None:
        if not hasattr(self.pooling, "attention"):
            return None
        first = next(iter(self.heads))
        shares: Tensor = self.pooling.attention(_places(features, batch), self._where(first, features, batch))  # type: ignore[operator]
        return shares.view(*batch.filled.shape, *features.shape[2:])

    def _where(self, name: str, features: Tensor, batch: ExamBatch) -> Tensor:
        """Return where a target's label speaks on the features' places, (N, 1, B * P)."""
        count, bag = batch.filled.shape
        space = tuple(features.shape[2:])
        filled = batch.filled.to(features.dtype)
        if name not in batch.where:
            places = 1
            for n in space:
                places *= int(n)
            return filled[:, None, :, None].expand(count, 1, bag, places).reshape(count, 1, -1)
        full = batch.where[name].flatten(0, 1).to(features.dtype)  # (N * B, 1, *S)
        small = full if tuple(full.shape[2:]) == space else _on_places(full, space, self.fusion)
        marked = small.view(count, bag, -1) * filled[..., None]
        return marked.reshape(count, 1, -1)


def _averaged(features: Tensor, there: Tensor) -> Tensor:
    """Return the mean of (N * B, F, *s) over places and over the instances that are there (N, B), (N, F); 0 where none is."""
    mean = features.flatten(2).mean(dim=2).view(*there.shape, -1)  # (N, B, F)
    share = there / there.sum(dim=1, keepdim=True).clamp_min(1.0)
    return (mean * share[..., None].to(mean.dtype)).sum(dim=1)


def _places(x: Tensor, batch: ExamBatch) -> Tensor:
    """Return (N, C, B * P) of (N * B, C, *s)."""
    count, bag = batch.filled.shape
    return x.flatten(2).view(count, bag, x.shape[1], -1).transpose(1, 2).reshape(count, x.shape[1], -1)


def _on_places(marked: Tensor, space: tuple[int, ...], fusion: Fusing) -> Tensor:
    """Return the share of each place that is marked, (M, 1, *s) of (M, 1, *S)."""
    for axis, places in enumerate(space, start=2):
        shares = shares_of_places(marked.shape[axis], places, stride=fusion.stride, center=fusion.center)
        moved = torch.tensordot(marked, torch.from_numpy(shares).to(marked), dims=([axis], [1]))  # the axis goes last
        marked = moved.movedim(-1, axis)
    return marked
