"""The loss and the sampler of a network of patches: names and settings of a plan made into what is called.

In:   names, settings by name; the forms of target a method makes.
Out:  a Loss, options of a sampler; refusals that name what would do.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from isocenter.core.errors import SettingError
from isocenter.core.options import checked_options, options_of
from isocenter.learning.loss import FORMS, Form, Loss
from isocenter.learning.losses import LOSSES
from isocenter.learning.sampling import SAMPLERS
from isocenter.methods._choices import Choices


def loss_of(name: str, settings: Mapping[str, Any]) -> Loss:
    """Return a loss with its settings. SettingError, with "did you mean", for one it has not or a value it cannot have."""
    loss = LOSSES.get(name)
    return dataclasses.replace(loss, settings=checked_options(loss.function, settings, of=f"loss {name}"))


def sampler_options(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a sampler is made with. SettingError, with "did you mean", for a setting it has not or a value it cannot have."""
    return checked_options(SAMPLERS.get(name), settings, of=f"sampler {name}")


def check_form(loss: str, forms: Sequence[Form]) -> None:
    """Refuse a loss that cannot read the targets there are. SettingError, naming those that can.

    forms : of the targets
    """
    form = LOSSES.get(loss).form
    if form not in forms:
        fit = [name for name in LOSSES.names() if LOSSES.get(name).form in forms]
        raise SettingError(
            f"expected a loss of {' or of '.join(FORMS[f] for f in forms)}, which is what is learned here, got {loss}, a loss of "
            f"{FORMS[form]}. Losses that fit: {', '.join(fit)}."
        )


def choose_options(chosen: Choices[Any]) -> None:
    """State the settings of loss and sampler that no rule touched, so that a plan says and keeps them all."""
    loss, sampler = chosen.standing("loss"), chosen.standing("sampler")
    for setting, what, function in (
        ("loss_settings", f"loss {loss}", LOSSES.get(loss).function),
        ("sampler_settings", f"sampler {sampler}", SAMPLERS.get(sampler)),
    ):
        if not chosen.made(setting):
            options = options_of(function)
            chosen.rule(setting, options, f"the defaults of the {what}" if options else f"the {what} has none")
