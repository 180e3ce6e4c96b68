"""Study and Target: the research question, as `study.yaml` states it.

Pydantic, because strangers write it. No targets = learn the images. `vary` = one run (arm) per value.
Not: reading YAML and naming its lines (io/study_file.py).
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from isocenter.core.errors import StudyError, unknown
from isocenter.core.operate import Operate, Refuse
from isocenter.core.search import Drawn
from isocenter.core.slide import read_at
from isocenter.core.value import Kind


class Target(BaseModel):
    """A typed label; its type chooses the task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """What the answer is called, in tables, files and the report."""
    type: Kind
    """The kind of label; it chooses the task."""
    columns: tuple[str, ...]
    """Columns of cases.csv: 1; survival 2 (days, event); an interval label 2 (low, high); multilabel K."""
    classes: tuple[str, ...] = ()
    """Names of the classes, findings or grades in order; for masks, background first; for survival what the event's codes 0, 1,
    2 … mean: [censored, dementia, death]."""
    unit: str = "1"
    """Unit of a count, proportion or value, as printed."""
    use: Literal["learn", "score", "guide"] = "learn"
    """score: evaluated against, never seen by training. guide: training may look at it beside what it learns (masks, where an image
    is learned); never answered nor measured."""
    per: Literal["case", "patient"] = "case"
    """patient: one label for all rows of a patient, which form a bag."""
    overlapping: bool = False
    """A mask whose regions overlap: one mask column (or channel) per class."""
    scope: str = "exam"
    """What the label speaks of: "exam", "region:<mask column>", "box:<column>" (one object) or "slice:<column>"."""
    raters: tuple[str, ...] = ()
    """Several readers of one truth: column suffixes (`vessels_first`, `vessels_second`). The first is the truth; the figures of
    the others stand beside the model's."""
    readers: tuple[str, ...] = ()
    """Who read the cases beside a truth that is none of theirs (biopsy, consensus): column suffixes; the columns without a suffix
    are the truth."""
    values: dict[int, int] = {}
    """What the numbers in a mask file mean: {255: 1} reads 255 as class 1. When given, every number not listed is background.
    Points, boxes: the files are masks, and each class, counted from 0, is one structure: its middle of mass, or a box around it."""
    metrics: tuple[str, ...] = ()
    """Further metrics of this target by name, beside its task's (`isocenter list metrics`)."""
    instances: bool | Literal["parts"] = False
    """The files number their objects (nucleus 1, 2, 3 …). A mask: any label above 0 is the one foreground class, and metrics of
    instances use the numbers. Points, boxes, a count: each object is one; a second column gives a picture of their kinds. "parts":
    the files are masks that number nothing; each connected part of a class (1 = first; by `values`, 0 = first) is one object."""
    codes: dict[str, str] = {}
    """SNOMED CT code of a class, "15825003" or "15825003|Aorta"; used in DICOM SEG."""
    operate: Operate | None = None
    """What is called positive, and from which score on: {positive: [moderate, severe], sensitivity: 0.9}; of a class, ordinal or
    multilabel target. The threshold is chosen on the tuning cases."""

    @field_validator("columns", "classes", "raters", "readers", "metrics", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("scope")
    @classmethod
    def _known_scope(cls, value: str) -> str:
        if value != "exam" and not (value.startswith(("region:", "box:", "slice:")) and value.split(":", 1)[1]):
            raise ValueError(f'expected "exam", "region:<mask column>", "box:<column>" or "slice:<column>", got {value!r}')
        return value

    @model_validator(mode="after")
    def _fits_its_type(self) -> "Target":
        if not self.columns:
            raise ValueError(f"target {self.name!r} names no column")
        if self.raters and self.readers:
            raise ValueError(
                f"target {self.name!r} names raters and readers; of raters the first is the truth, beside readers a plain column is"
            )
        if self.type == "survival" and len(self.columns) != 2:
            raise ValueError(f"a survival target has two columns (days, event), got {list(self.columns)}")
        if self.type == "survival" and len(self.classes) == 1:
            raise ValueError(
                f"the classes of a survival target name the codes 0, 1, 2 …: [censored, event, death], got {list(self.classes)}"
            )
        twice = [name for name in self.classes if self.classes.count(name) > 1]
        if twice:
            raise ValueError(f"target {self.name!r} names the class {twice[0]!r} twice; give every class a name of its own")
        if self.type in ("class", "ordinal", "mask") and len(self.classes) < 2:
            raise ValueError(f"target {self.name!r} of type {self.type} needs `classes:` with at least two names")
        if self.type == "multilabel" and self.classes and len(self.columns) not in (1, len(self.classes)):
            raise ValueError(
                f"target {self.name!r} has {len(self.classes)} classes and {len(self.columns)} columns; give one column a class"
            )
        if self.instances and self.type not in ("mask", "points", "boxes", "count"):
            raise ValueError(f"instances fits targets of type mask, points, boxes and count; {self.name!r} is of type {self.type}")
        if self.instances == "parts" and (self.type == "mask" or len(self.columns) != 1):
            raise ValueError(
                f"instances: parts fits points, boxes and counts read off one column of masks; mend target {self.name!r}"
            )
        if self.operate is not None:
            self._check_positive(self.operate.positive)
        return self

    def _check_positive(self, positive: tuple[str, ...]) -> None:
        if self.type not in ("class", "ordinal", "multilabel"):
            raise ValueError(f"operate fits targets of type class, ordinal and multilabel; {self.name!r} is of type {self.type}")
        names = self.classes or self.columns
        stray = [name for name in positive if name not in names]
        if stray:
            raise ValueError(
                f"operate calls {', '.join(stray)} positive, which {self.name!r} does not have; it has {', '.join(names)}"
            )
        if self.type != "multilabel" and set(positive) == set(names):
            raise ValueError(f"operate calls every class of {self.name!r} positive; leave out those that are not")

    @property
    def readings(self) -> tuple[str, ...]:
        """Suffixes of all columns there are of it, that of the truth first ("" = none)."""
        return self.raters or ("", *self.readers)

    @property
    def beside(self) -> tuple[str, ...]:
        """Who else read the cases, beside the truth: their labels are "target@name"."""
        return self.readings[1:]

    @property
    def region(self) -> str | None:
        """The column of the mask, or of the box, the label is confined to, if any."""
        return self.scope.split(":", 1)[1] if self.scope.startswith(("region:", "box:")) else None

    @property
    def of_object(self) -> bool:
        """Whether the label speaks of one object, given by a box or a place."""
        return self.scope.startswith("box:")


SPLIT_WORDS = frozenset({"by", "leave_out", "file"})
SPLIT = SPLIT_WORDS | {"folds", "test", "tune", "seed", "learn"}
"""Settings of split; the others than the words are numbers."""
KEPT = "labels."
"""labels.TARGET: how many learning cases keep their label of that target. `vary:` sets it, for one arm."""


TEXT = "text"
"""What a study writes among its `units` for an input that is words."""


class Study(BaseModel):
    """Which cases, inputs, targets, patient and covariates: one research question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """What the study is called; a run folder belongs to one name."""
    cases: Path | dict[str, str]
    """A table, or a layout to import: {layout: msd, path: Task04_Hippocampus}."""
    inputs: dict[str, str] = Field(min_length=1)
    """View or modality: column."""
    units: dict[str, str] = {}
    """What the numbers of an input mean where its files do not say: {ct: HU}. {report: text} declares an input of words,
    {tree: labels} a mask shown as an input, {lesions: labels 3} one of three classes."""
    at: dict[str, str] = {}
    """Inputs that are whole slides, and how large the samples are they are read at: {slide: 20x}, {slide: 0.5 um}; 20x alone is of
    every input."""
    targets: tuple[Target, ...] = ()
    """The labels, each with its type. None = learn the images."""
    patient: str = "patient"
    """Column that says who a case shows; splits and intervals go by it."""
    covariates: tuple[str, ...] = ()
    """Columns of age, sex, site, scanner …"""
    task: str | None = None
    """Which task, where the targets leave a choice."""
    method: str | None = None
    """Which method; the task's default if None."""
    split: dict[str, int | float | str] = {}
    """folds: k · test: share · tune: share · seed · by: column · leave_out: column · file: split.csv"""
    settings: dict[str, Any] = {}
    """Settings of the method; what is not set, the plan chooses."""
    metrics: tuple[str, ...] = ()
    """Further metrics by name, of the targets of the first one's kind (`isocenter list metrics`); a target may name its own."""
    baselines: tuple[str, ...] = ()
    """Methods to stand beside the study's own; () = those of the task."""
    caveats: tuple[str, ...] = ()
    """What a number of this study cannot say; the report prints it beside the claim."""
    groups: tuple[str, ...] = ()
    """Covariates by which every number is also given."""
    refuse: Refuse | None = None
    """Cases no decision is made on: {target: quality, class: ungradable, above: 0.5}, or {unlike: 0.01} for those that look unlike
    the learning cases. Counted apart from the decisions."""
    vary: dict[str, tuple[Any, ...]] = {}
    """Setting or field: values. One arm per value on the same split, equal budgets."""
    tune: dict[str, Drawn] = {}
    """Setting: what `isocenter tune` draws its values from: {low: 1.0e-4, high: 1.0e-2, scale: log}, or a list of values."""
    seed: int = 0
    """Of split, sampling, weights and resampling."""

    @field_validator("covariates", "metrics", "baselines", "caveats", "groups", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("split")
    @classmethod
    def _can_be_drawn(cls, value: dict[str, int | float | str]) -> dict[str, int | float | str]:
        for name in value:
            if name not in SPLIT and not name.startswith(KEPT):
                raise ValueError(unknown("setting of split", name, SPLIT))
        for name in sorted(value.keys() - SPLIT_WORDS):
            got = value.get(name, 0)
            if isinstance(got, str):
                raise ValueError(
                    f"expected a number for {name} of split, got {got!r}. Write it as `split: {{{name}: …}}`, in digits"
                )
        for name in ("test", "tune"):
            if not 0 <= float(value.get(name, 0)) < 1:
                raise ValueError(f"expected a share from 0 to below 1 for {name} of split, got {value[name]}. A quarter is 0.25")
        if "folds" in value and "leave_out" in value:
            column = value["leave_out"]
            raise ValueError(
                f"expected folds or leave_out, got both. Each value of {column} is a fold of its own: leave `folds:` out"
            )
        if float(value.get("folds", 2)) < 2:
            raise ValueError(f"expected two folds or more, got folds: {value['folds']}. Leave `folds:` out for one model")
        return value

    @model_validator(mode="before")
    @classmethod
    def _at_of_every_input(cls, fields: Any) -> Any:
        if isinstance(fields, dict) and isinstance(fields.get("at"), str) and isinstance(fields.get("inputs"), dict):
            return {**fields, "at": dict.fromkeys(fields["inputs"], fields["at"])}
        return fields

    @field_validator("at")
    @classmethod
    def _a_magnification(cls, value: dict[str, str]) -> dict[str, str]:
        for words in value.values():
            read_at(words)
        return value

    @model_validator(mode="after")
    def _slides_are_inputs(self) -> "Study":
        stray = sorted(set(self.at) - set(self.inputs))
        if stray:
            raise ValueError(f"at names {', '.join(stray)}, which is no input; the inputs are {', '.join(self.inputs)}")
        return self

    @model_validator(mode="after")
    def _names_differ(self) -> "Study":
        stray = sorted(set(self.units) - set(self.inputs))
        if stray:
            raise ValueError(f"units name {', '.join(stray)}, which is no input; the inputs are {', '.join(self.inputs)}")
        names = [t.name for t in self.targets]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"two targets are named {', '.join(twice)}; every target needs a name of its own")
        return self

    @model_validator(mode="after")
    def _counts_kinds_there_are(self) -> "Study":
        for count in (t for t in self.targets if t.type == "count" and t.classes):
            for places in (t for t in self.targets if t.type in ("points", "boxes") and t.columns == count.columns):
                stray = [name for name in count.classes if name not in places.classes]
                if stray:
                    raise ValueError(
                        f"target {count.name!r} counts {', '.join(stray)} in {', '.join(count.columns)}, where {places.name!r} has "
                        f"{', '.join(places.classes) or 'one kind without a name'}"
                    )
        return self

    @property
    def texts(self) -> tuple[str, ...]:
        """Inputs that are words."""
        return tuple(name for name in self.inputs if self.units.get(name) == TEXT)

    @property
    def claimed(self) -> Target:
        """The target a claim is about: the first that is learned, else the first that is scored. StudyError without any."""
        found = next((t for use in ("learn", "score") for t in self.targets if t.use == use), None)
        if found is None:
            raise StudyError(f"expected a target to make a claim about, got none in the study {self.name}. Add one.")
        return found

    def metrics_of(self, target: Target) -> tuple[str, ...]:
        """Return the metrics asked for a target beside its task's: the study's, if it is of the first one's kind; its own."""
        return (*(self.metrics if target.type == self.claimed.type else ()), *target.metrics)

    def kinds_in(self, target: Target) -> tuple[str, ...]:
        """Return the kinds of the places in a target's file, in order: its own, or where some are counted, those of the places."""
        alike = (t for t in self.targets if t.type in ("points", "boxes") and t.columns == target.columns)
        return target.classes if target.type != "count" else next((t.classes for t in alike), target.classes)

    @model_validator(mode="after")
    def _refuses_by_a_target(self) -> "Study":
        if self.refuse is None or not self.refuse.target:
            return self
        judges = {t.name: t for t in self.targets if t.type in ("class", "ordinal", "multilabel") and t.use == "learn"}
        judge = judges.get(self.refuse.target)
        if judge is None:
            raise ValueError(
                f"expected refuse to name a learned target of type class, ordinal or multilabel, got {self.refuse.target!r}; "
                f"there {'are ' + ', '.join(judges) if judges else 'is none'}"
            )
        names = judge.classes or judge.columns
        if self.refuse.class_ not in names:
            raise ValueError(f"expected refuse to name a class of {judge.name} ({', '.join(names)}), got {self.refuse.class_!r}")
        if any(t.name == judge.name and t.operate and self.refuse.class_ in t.operate.positive for t in self.targets):
            raise ValueError(f"{self.refuse.class_!r} of {judge.name} cannot both refuse a decision and be called positive")
        if self.refuse.unlike is None and not any(t.operate for t in self.targets):
            raise ValueError("refuse says which cases no decision is made on, and no target has `operate:`; give one")
        return self
