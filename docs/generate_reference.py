"""Write the reference pages from what is installed: commands, study fields, tasks, and every registry.

In:   the package. Out: docs/reference/generated/*.md, not committed.
Not:  nothing is said here that the program does not say of itself.
"""

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from itertools import pairwise
from operator import or_
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from isocenter.core.registry import Registry


def write_reference(folder: Path) -> None:
    """Write every page anew; a page whose text did not change is not touched, so that Sphinx does not read it again."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {name: write() for name, write in PAGES.items()}
    for old in folder.glob("*.md"):
        if old.stem not in pages:
            old.unlink()
    for name, text in pages.items():
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def commands_page() -> str:
    """One section a command: its help, as the terminal shows it."""
    import typer

    from isocenter.cli.main import build

    program = typer.main.get_command(build())
    parts = ["# Commands", "Exit status: 0 done · 1 a finding · 2 used wrongly · 3 failed."]
    for name, command in sorted(program.commands.items()):
        context = command.context_class(command, info_name=f"isocenter {name}", terminal_width=84, max_content_width=84)
        parts += [f"## isocenter {name}", f"```text\n{_plain(command.get_help(context))}\n```"]
    return _page(parts)


def study_page() -> str:
    """The fields of study.yaml, from the models that read it."""
    from isocenter.core.operate import Operate, Refuse
    from isocenter.core.search import Range
    from isocenter.core.study import Study, Target

    parts = ["# study.yaml", "YAML 1.2: `no` stays a word. Unknown fields are an error, with the line and the nearest known name."]
    headings = ((Study, "The study"), (Target, "A target"), (Operate, "operate, of a target"), (Refuse, "refuse"))
    for model, heading in (*headings, (Range, "A range, of tune")):
        words = _attribute_docs(model)
        rows = [
            (
                f"`{field.alias or name}`",
                _annotation(field.annotation),
                "required" if field.is_required() else f"`{field.get_default(call_default_factory=True)!r}`",
                words.get(name, ""),
            )
            for name, field in model.model_fields.items()
        ]
        parts += [f"## {heading}", _table(("field", "type", "default", "meaning"), rows)]
    return _page(parts)


def tasks_page() -> str:
    """One section a task: its question, what it is measured by, and its methods' cards."""
    from isocenter.methods.registry import TASKS, methods_of

    parts = ["# Tasks and methods", "The kind of a study's target chooses the task; `method:` chooses another than the default."]
    for task in map(TASKS.get, TASKS.names()):
        methods = methods_of(task.name)
        cards = [methods.get(name).card for name in methods.names()]
        default = task.default if task.default in methods.names() else f"{task.default} (not there yet)"
        parts += [
            f"## {task.name}",
            task.question,
            f"Answers {', '.join(sorted(task.answers))} · claim made with **{task.primary}** ({task.better} is better) · "
            f"default **{default}** · {'baseline' if len(task.baselines) == 1 else 'baselines'} **{', '.join(task.baselines)}**",
            _table(
                ("method", "learned", "after", "differs"),
                [(f"`{c.name}`", "yes" if c.learned else "no", c.cite, c.differs) for c in cards],
            ),
        ]
    return _page(parts)


def networks_page() -> str:
    """One section a network: its card and every field of its config."""
    from isocenter.learning.networks import NETWORKS

    return _page(["# Networks", *_configured(NETWORKS)])


def exam_networks_page() -> str:
    """What a network of whole exams is put together from: encoders with every field, and the parts around them."""
    from isocenter.learning.conditionings import CONDITIONINGS
    from isocenter.learning.encoders import ENCODERS
    from isocenter.learning.fusions import FUSIONS
    from isocenter.learning.heads import HEADS
    from isocenter.learning.poolings import POOLINGS
    from isocenter.learning.pretraining import PRETRAINERS
    from isocenter.methods._exam.settings import ExamSettings

    words = _attribute_docs(ExamSettings)
    settings = [
        (f"`{f}`", f"`{p.default!r}`" if "factory" not in repr(p.default) else "`{}`", words.get(f, ""))
        for f, p in inspect.signature(ExamSettings).parameters.items()
    ]
    parts = ["# Networks of whole exams", "## Settings", _table(("setting", "default", "meaning"), settings)]
    for heading, registry in (
        ("Poolings, from places to the whole", POOLINGS),
        ("Fusions of views", FUSIONS),
        ("Where covariates enter", CONDITIONINGS),
        ("Heads, one a kind of label", HEADS),
        ("Pre-training on unlabelled images", PRETRAINERS),
    ):
        parts += [f"## {heading}", _members(registry)]
    return _page([*parts, "# Encoders", *_configured(ENCODERS)])


def _configured(registry: Registry[Any]) -> list[str]:
    """One section a member: its card and every field of its config."""
    parts: list[str] = []
    for name in registry.names():
        network = registry.get(name)
        words = _attribute_docs(network.config)
        fields = [
            (f"`{f}`", f"`{p.default!r}`" if p.default is not inspect.Parameter.empty else "required", words.get(f, ""))
            for f, p in inspect.signature(network.config).parameters.items()
        ]
        parts += [
            f"## {name}",
            _first(network.build.__module__),
            f"After: {network.card.cite}",
            *([f"Differs: {network.card.differs}"] if network.card.differs else []),
            _table(("setting", "default", "meaning"), fields),
        ]
    return parts


def metrics_page() -> str:
    """Metrics of one case, and numbers that exist only for many."""
    from isocenter.core.value import Kind
    from isocenter.metrics.registry import kinds_of, per_case, per_cohort

    parts = ["# Metrics", "Name further ones in the study: `metrics: [centerline_dice]`."]
    parts += ["## Of one case", _members(per_case())]
    rows = [(f"`{n}`", m.unit, m.better, m.cite) for n, m in ((n, per_cohort().get(n)) for n in per_cohort().names())]
    if rows:
        parts += ["## Of a cohort", _table(("name", "unit", "better", "after"), rows)]
    names = (*per_case().names(), *per_cohort().names())
    fit = [(kind, ", ".join(f"`{name}`" for name in names if kind in kinds_of(name))) for kind in get_args(Kind)]
    parts += ["## By kind of target", _table(("kind", "metrics"), fit)]
    return _page(parts)


def phantoms_page() -> str:
    """One section a phantom: what it shows, its options, the hash of its parameters."""
    from isocenter.phantoms import PHANTOMS

    parts = [
        "# Phantoms",
        "Images whose truth is known by construction. The hash stands for the name, the version and every parameter.",
    ]
    for name in PHANTOMS.names():
        phantom = PHANTOMS.get(name)
        options = [(f"`{key}`", "drawn" if value is None else f"`{value!r}`") for key, value in phantom.options.items()]
        parts += [
            f"## {name}",
            phantom.shows,
            f"Version {phantom.version} · hash `{phantom.hash}` · inputs {', '.join(phantom.inputs)} · truths "
            + ", ".join(f"{t.name} ({t.type})" for t in phantom.targets),
            *([f"After: {phantom.cite}"] if phantom.cite else []),
            *([_table(("option", "default"), options)] if options else []),
        ]
    return _page(parts)


def building_blocks_page() -> str:
    """Losses, samplers and layouts: what each file says of itself."""
    from isocenter.io.layout import LAYOUTS
    from isocenter.learning.loss import FORMS
    from isocenter.learning.losses import LOSSES
    from isocenter.learning.sampling import SAMPLERS

    parts = ["# Losses, samplers, layouts"]
    for heading, registry in (("Losses", LOSSES), ("Samplers of patches", SAMPLERS), ("Layouts of folders", LAYOUTS)):
        parts += [f"## {heading}", _members(registry)]
        if registry is LOSSES:
            parts += [
                "A loss reads targets of one form; a method takes the losses of its own. What a loss takes by name goes in "
                "`loss_settings`.",
                _table(
                    ("loss", "reads", "settings"),
                    [(f"`{n}`", FORMS[LOSSES.get(n).form], _options(LOSSES.get(n).function)) for n in LOSSES.names()],
                ),
            ]
        if registry is SAMPLERS:
            rows = [(f"`{name}`", _options(SAMPLERS.get(name))) for name in SAMPLERS.names()]
            parts += ["What a sampler takes by name goes in `sampler_settings`.", _table(("sampler", "settings"), rows)]
    return _page(parts)


def _options(function: Callable[..., Any]) -> str:
    """What a function takes by name alone, with its defaults."""
    from isocenter.core.options import options_of

    return ", ".join(f"`{name}` ({default!r})" for name, default in options_of(function).items())


def python_page() -> str:
    """The functions of the package, by the names a notebook imports."""
    import isocenter

    parts = ["# Python", "`import isocenter as iso`. Every command is a function of the same name."]
    for name in sorted(getattr(isocenter, "__all__", ())):
        member = getattr(isocenter, name)
        if inspect.isfunction(member):
            parts += [f"## iso.{name}", f"```text\n{name}{_signature(member)}\n\n{inspect.getdoc(member)}\n```"]
        elif inspect.isclass(member):
            parts += [f"## iso.{name}", f"```text\n{inspect.getdoc(member)}\n```"]
    return _page(parts)


PAGES: dict[str, Callable[[], str]] = {
    "commands": commands_page,
    "study": study_page,
    "tasks": tasks_page,
    "networks": networks_page,
    "exam_networks": exam_networks_page,
    "metrics": metrics_page,
    "phantoms": phantoms_page,
    "building_blocks": building_blocks_page,
    "python": python_page,
}


def _members(registry: Registry[Any]) -> str:
    """Table of a registry: name, first sentence and citation, from each file's own docstring."""
    rows = []
    for name in registry.names():
        module = f"{registry.package}.{name}"
        cite = re.search(r"^Reference:\s*(.*?)(?=^\w+:|\Z)", _docstring(module), re.MULTILINE | re.DOTALL)
        rows.append((f"`{name}`", _first(module), cite.group(1) if cite else ""))
    return _table((registry.what, "what it is", "after"), rows)


def _docstring(module: str) -> str:
    """Docstring of a module."""
    return inspect.getdoc(importlib.import_module(module)) or ""


def _first(module: str) -> str:
    """First paragraph of a module's docstring."""
    return _docstring(module).split("\n\n")[0].replace("\n", " ")


def _attribute_docs(record: type) -> dict[str, str]:
    """The string below each field of a class, as the source has it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(record)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    found = {}
    for field, below in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            found[ast.unparse(field.target)] = inspect.cleandoc(str(below.value.value))
    return found


def _annotation(annotation: Any) -> str:
    """A type as a user reads it; a choice is its words."""
    if get_origin(annotation) is Literal:
        return " · ".join(map(str, get_args(annotation)))
    annotation = _without_notes(annotation)
    text = annotation.__name__ if isinstance(annotation, type) and not hasattr(annotation, "__args__") else str(annotation)
    return "`" + re.sub(r"\b(?:typing|pathlib|isocenter(?:\.\w+)*)\.", "", text).replace("NoneType", "None") + "`"


def _without_notes(annotation: Any) -> Any:
    """A type without what Annotated adds for pydantic."""
    kind, inner = get_origin(annotation), get_args(annotation)
    if kind is Annotated:
        return _without_notes(inner[0])
    if kind is None or kind is Literal or not inner:
        return annotation
    bare = tuple(_without_notes(each) for each in inner)
    return reduce(or_, bare) if kind in (Union, UnionType) else kind[bare]


def _signature(function: Callable[..., Any]) -> str:
    return re.sub(r"\b(?:typing|pathlib|collections\.abc|isocenter(?:\.\w+)*)\.", "", str(inspect.signature(function)))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars and line breaks in cells are made harmless."""
    lines = [list(header), ["---"] * len(header), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(" ".join(str(c).split()).replace("|", "\\|") for c in line) + " |" for line in lines)


def _plain(text: str) -> str:
    """Help without colors or trailing blanks."""
    return "\n".join(line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).strip().splitlines())


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"
