"""Where a network's weights come from: a run of ours, or a file made elsewhere; what that says of the network.

In:   the setting `start`.
Out:  Beginning: encoder, its settings and the intensities it knows; the weights, put into a network.
Not:  no translation of names (learning/foreign_weights.py).
"""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isocenter.core.errors import FileError, SettingError
from isocenter.core.options import frozen
from isocenter.core.record import Record
from isocenter.learning.exam.network import ExamNetwork, ExamNetworkConfig
from isocenter.learning.exam.transfer import encoders_of
from isocenter.learning.foreign_weights import Taken, encoder_kind, read_foreign, take_weights
from isocenter.learning.pretraining import PRETRAINERS
from isocenter.methods._choices import Choices
from isocenter.methods._exam.settings import NONE, ExamSettings
from isocenter.methods._exam.training import teachable

FINE_TUNED = 0.75
"""Share of the next part's rate, where an encoder does not start at random."""


class Beginning(Record):
    """What a source of weights says of the network they are for."""

    encoder: str
    """"" when it does not say."""
    why: str
    encoder_settings: Mapping[str, Any] | None = None
    dimensions: int | None = None
    intensities: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """schemes and scales of its inputs."""


def beginning_of(start: str) -> Beginning:
    """Return what a run folder's model.json says, or what the names in a file tell. FileError when it is neither."""
    path = Path(start)
    if not path.is_dir():
        kind = encoder_kind(read_foreign(path))
        return Beginning(encoder=kind, why=f"the names of the weights in {start} are those of a {kind}")
    model = path / "model" / "model.json"
    if not model.is_file():
        raise FileError(
            f"expected a trained run in {start}, got a folder without model/model.json. Train it first: isocenter train RUN"
        )
    settings = frozen_values(json.loads(model.read_text(encoding="utf-8")).get("settings", {}))
    if "encoder" in settings:
        return Beginning(
            encoder=settings["encoder"],
            why=f"that of the run {start}",
            encoder_settings=settings["encoder_settings"],
            dimensions=len(settings["size"]) - int(settings["slices"]),
            intensities={name: settings[name] for name in ("schemes", "scales")},
        )
    if settings.get("network") == "unet":
        return Beginning(
            encoder="unet_features",
            why=f"the run {start} is a segmentation by U-Net",
            encoder_settings={"widths": settings["widths"]},
            dimensions=sum(n > 1 for n in settings["patch"]),
        )
    raise FileError(
        f"expected a run of a network of exams, or of a segmentation by unet, in {start}, got "
        f"{settings.get('network', 'a model without a network')}. Start from another run, or from a file of weights."
    )


def frozen_values(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as JSON holds them with tuples for lists, inside mappings too."""
    return {name: frozen_values(v) if isinstance(v, Mapping) else frozen(v) for name, v in settings.items()}


def start_from(network: ExamNetwork, start: str) -> Taken | None:
    """Put the weights a setting names into a network's encoders; None when it names none. FileError when they do not fit."""
    return take_weights(encoders_of(network), read_foreign(Path(start)), source=start) if start else None


def choose_beginning(chosen: Choices[ExamSettings], *, dimensions: int) -> None:
    """Choose the encoder, and how intensities are scaled, as the weights to start from want it; before any rule does.

    SettingError when the study asks for another encoder than the weights are for.
    """
    chosen.rule("pretrain", NONE, "not asked for")
    chosen.rule("start", "", "random weights")
    start = str(chosen["start"])
    if not start:
        return
    found = beginning_of(start)
    if found.dimensions not in (None, dimensions):
        raise SettingError(
            f"expected weights of a {dimensions}-D network to start from, got {start}, which is {found.dimensions}-D. Start from "
            "another run, or set `slices: true` to look at a volume slice by slice."
        )
    if not found.encoder:
        return
    if not chosen.made("encoder"):
        chosen.rule("encoder", found.encoder, found.why)
    if chosen["encoder"] != found.encoder:
        raise SettingError(
            f"expected the encoder {found.encoder} ({found.why}), got {chosen['encoder']}. Leave `encoder` to the plan, or start "
            f"from a run or file of a {chosen['encoder']}."
        )
    if found.encoder_settings is not None:
        chosen.rule("encoder_settings", found.encoder_settings, found.why)
    for name, value in found.intensities.items():
        if len(value) == len(chosen["channels"]) and not chosen.user_set(name):
            chosen.rule(name, value, "the intensities the weights were made for")


def choose_transfer(chosen: Choices[ExamSettings]) -> None:
    """Choose what is held still and how fast layers learn, and try the weights on the network. FileError when they do not fit."""
    start, pretrain = str(chosen["start"]), str(chosen["pretrain"])
    if not teachable(pretrain, chosen["encoder"]):
        raise SettingError(
            f"expected for pretrain: {pretrain} the encoder {' or '.join(sorted(PRETRAINERS.get(pretrain).encoders))}, got "
            f"{chosen['encoder']}. Set that encoder, or pretrain: autoencoder, which teaches any."
        )
    begun = f"weights of {start}" if start else f"weights of the {pretrain}" if pretrain != NONE else ""
    chosen.rule("pretrain_share", 0.3, "labels teach more: they get the larger part")
    chosen.rule("frozen", False, f"the {begun} are fine-tuned" if begun else "random weights have to learn")
    slower = bool(begun) and not chosen["frozen"]
    why = (
        f"{begun}: early layers, which see edges and textures, need to change least" if slower else "all that learns, learns alike"
    )
    chosen.rule("layer_decay", FINE_TUNED if slower else 1.0, why)
    if start:
        taken = start_from(_bare(chosen.config()), start)
        chosen.rule("start", start, taken.sentence() if taken else "")


def random_and_frozen(settings: ExamSettings) -> str:
    """Return the warning for an encoder that never learns anything; "" for any other."""
    if not settings.frozen or settings.start or settings.pretrain != NONE:
        return ""
    return (
        "frozen: true without `start` or `pretrain` leaves the encoder at random weights: an arm to compare with, not a model to "
        "use. Name a run or a file of weights with `start`"
    )


def _bare(settings: ExamSettings) -> ExamNetwork:
    """Return a network of these settings that answers one number."""
    return ExamNetwork(
        ExamNetworkConfig(
            dimensions=settings.dimensions,
            channels=settings.view_channels,
            outputs={"any": 1},
            covariates=int(settings.covariates != NONE),
            encoder=settings.encoder,
            encoder_settings=settings.encoder_settings,
            fusion=settings.fusion,
            conditioning=settings.covariates,
        )
    )
