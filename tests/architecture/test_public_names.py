"""The names `import isocenter` promises are there, sorted, and documented; each command is a function of the same name."""

import inspect

import pytest

import isocenter


def test_the_list_of_names_is_sorted_and_without_doubles():
    assert list(isocenter.__all__) == sorted(set(isocenter.__all__))


@pytest.mark.parametrize("name", isocenter.__all__)
def test_a_public_name_loads_and_is_documented(name: str):
    assert inspect.getdoc(getattr(isocenter, name))


def test_a_name_that_is_not_there_says_which_are():
    with pytest.raises(AttributeError, match="run"):
        isocenter.rnu  # noqa: B018


@pytest.mark.parametrize("name", ["run", "check", "predict", "evaluate", "compare", "report"])
def test_the_arguments_of_a_command_are_the_functions(name: str):
    """What the command line can ask for, a notebook can; only the terminal's own options (--json) are apart."""
    command = __import__(f"isocenter.cli.{name}", fromlist=["command"]).command
    asked = {parameter.strip("_") for parameter in inspect.signature(command).parameters} - {"json", "set", "preset", "input"}
    offered = {parameter.strip("_") for parameter in inspect.signature(getattr(isocenter, name)).parameters}
    renamed = {"study": "study_path"}
    assert {argument for argument in asked if argument not in offered and renamed.get(argument) not in offered} == set()
