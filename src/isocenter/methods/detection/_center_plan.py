"""What boxes ask of their network: samples as coarse as the smallest objects allow.

In:   study and fingerprint.
Out:  Plan, by the rules of every network of patches (methods/_patches/plan.py).
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.plan import Plan, Setting
from isocenter.core.study import Study
from isocenter.methods._choices import Choices
from isocenter.methods._patches.learner import build_network
from isocenter.methods._patches.plan import FLAT, Question, plan_patches
from isocenter.methods._places import kinds_of, learned_points
from isocenter.methods.detection._center_settings import CenterSettings

NAME = "center_boxes"
LEAST_SIDE = 8.0
"""Samples a side of the smallest kind's median object has, where the image has them."""


def plan_centers(study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
    """Choose every setting. SettingError for one that does not exist or cannot work, before anything is timed."""
    target = learned_points(study, types=("boxes",))
    count = len(kinds_of(target))
    shapes = fingerprint.get("shapes") or [[1, 1]]
    axes = 3 if len(shapes[0]) == 3 and np.median(np.asarray(shapes, float), axis=0).min() >= FLAT else 2
    outputs = count + axes

    def make_target(generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[Any]:
        return generator.random((outputs, *shape), dtype=np.float32)

    def choose(chosen: Choices[Any]) -> None:
        chosen.rule("deep_supervision", False, "a center is one sample, which coarser maps may miss")

    question = Question(
        method=NAME,
        config=CenterSettings,
        build=partial(build_network, outputs=outputs),
        make_target=make_target,
        choose=choose,
        objects=True,
        upright="a turned box is no box",
        spacing=_spacing(fingerprint, fingerprint["targets"].get(target.name, {}).get("classes", {})),
    )
    return plan_patches(study, fingerprint, question, minutes=minutes, gigabytes=gigabytes)


def _spacing(fingerprint: Mapping[str, Any], kinds: Mapping[str, Mapping[str, float]]) -> Setting | None:
    """Return samples so coarse that the smallest kind keeps LEAST_SIDE of them a side; None where the images' own are no finer."""
    sizes = {name: float(kind["size"]) for name, kind in kinds.items() if "size" in kind}
    own = np.median(np.asarray(fingerprint.get("spacings") or [[1.0]], float), axis=0)
    if not sizes:
        return None
    smallest = min(sizes, key=lambda name: sizes[name])
    wanted = np.maximum(own, sizes[smallest] / LEAST_SIDE)
    if np.allclose(wanted, own, rtol=0.1):
        return None
    reason = (
        f"the smallest kind, {smallest}, is {sizes[smallest]:.3g} a side in the median, which leaves it {LEAST_SIDE:.0f} samples"
    )
    return Setting(name="spacing", value=tuple(round(float(s), 4) for s in wanted), origin="rule", reason=reason)
