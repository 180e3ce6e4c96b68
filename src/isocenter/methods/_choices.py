"""Choices: the settings of a plan in the making. What the user set wins, whatever a rule says.

In:   a study and a method's config class.
Out:  every field of the config as a Setting with reason and origin.
Not:  no rule (each method's own plan), no timing.
"""

import dataclasses
from typing import Any, Generic, TypeVar

from isocenter.core.errors import SettingError
from isocenter.core.plan import Setting, checked
from isocenter.core.study import Study

C = TypeVar("C")
OF_TRAINING = frozenset({"steps"})
"""Settings every trained method takes beside its config's."""


class Choices(Generic[C]):
    """Settings in the making."""

    def __init__(self, study: Study, config: type[C], *, method: str) -> None:
        """Take in what the user set. SettingError for a name the method does not know, or a value it refuses."""
        self._config, self._method = config, method
        asked = checked(config, study.settings, method=method, beside=OF_TRAINING)
        steps = asked.get("steps", 1)
        if not isinstance(steps, int) or isinstance(steps, bool) or steps < 1:
            raise SettingError(f"expected steps to be a whole number above 0, got {steps!r}.")
        self._user = {n: v for n, v in asked.items() if n not in OF_TRAINING}
        config(**self._user)  # refused now, not after the timing
        self._settings: dict[str, Setting] = {}

    def put(self, setting: Setting) -> None:
        """Keep a setting, unless the user set it."""
        if setting.name in self._user:
            value = self._user[setting.name]
            reason = f"set in the study (the rule: {setting.value}, {setting.reason})"
            setting = Setting(name=setting.name, value=value, reason=reason, origin="user")
        self._settings[setting.name] = setting

    def rule(self, name: str, value: Any, reason: str) -> None:
        """Keep what a rule gave."""
        self.put(Setting(name=name, value=value, reason=reason, origin="rule"))

    def measured(self, name: str, value: Any, reason: str) -> None:
        """Keep what a timed trial gave."""
        self.put(Setting(name=name, value=value, reason=reason, origin="measured"))

    def user_set(self, name: str) -> bool:
        """Tell whether the user chose it."""
        return name in self._user

    def made(self, name: str) -> bool:
        """Tell whether a setting was chosen already."""
        return name in self._settings

    def standing(self, name: str) -> Any:
        """Return a setting's value as it stands: chosen already, else the user's, else the default."""
        if name in self._settings:
            return self[name]
        return self._user[name] if name in self._user else self._default(name)

    def __getitem__(self, name: str) -> Any:
        return self._settings[name].value

    def settings(self) -> tuple[Setting, ...]:
        """Return all settings; those no rule touched stand at their default."""
        names = [f.name for f in dataclasses.fields(self._config)]  # type: ignore[arg-type]
        for name in names:
            if name not in self._settings:
                self.put(Setting(name=name, value=self._default(name), reason=f"the default of {self._method}", origin="fixed"))
        return tuple(self._settings[name] for name in names)

    def _default(self, name: str) -> Any:
        field = next(f for f in dataclasses.fields(self._config) if f.name == name)  # type: ignore[arg-type]
        return field.default_factory() if callable(field.default_factory) else field.default

    def so_far(self) -> C:
        """Return the settings as they stand as a config, and settle none: rules that follow are still free."""
        names = [f.name for f in dataclasses.fields(self._config)]  # type: ignore[arg-type]
        return self._config(**{name: self.standing(name) for name in names})

    def config(self, **changes: Any) -> C:
        """Return the settings, some changed, as a config; those no rule touched are settled at their default by it."""
        return self._config(**{**{s.name: s.value for s in self.settings()}, **changes})
