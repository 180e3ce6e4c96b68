"""The program `isocenter`: finds the commands in this folder, turns errors into sentences and exit statuses.

Exit status: 0 done, 1 a finding, 2 used wrongly, 3 failed.
"""

import errno
import importlib
import os
import pkgutil
import sys

import typer

from isocenter import __version__
from isocenter.core.errors import IsocenterError

DEBUG = "ISOCENTER_DEBUG"
SUPPORT = frozenset({"main", "options", "output"})
"""Files of this folder that are no commands."""

app = typer.Typer(
    name="isocenter",
    help="Label table in, audited model and a report with honest intervals out. Research software; not for clinical use.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"isocenter {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: bool = typer.Option(False, "--version", help="Tell the version and end.", callback=_tell_version, is_eager=True),
) -> None: ...


def build() -> typer.Typer:
    """Register every command: one file each, the file's name is the command's."""
    folder = importlib.import_module("isocenter.cli").__path__
    for name in sorted(m.name for m in pkgutil.iter_modules(folder) if m.name not in SUPPORT):
        module = importlib.import_module(f"isocenter.cli.{name}")
        app.command(name.rstrip("_"))(module.command)
    return app


def main() -> None:
    """Run the program."""
    try:
        build()()
    except IsocenterError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(error.status)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
        remedy = " Free some space, then give the same command again; a run goes on where it stopped." if full else ""
        sys.stderr.write(
            f"error: expected to read or write {error.filename or 'a file'}, got: {error.strerror or error}.{remedy}\n"
        )
        sys.exit(3)
    except MemoryError:
        sys.stderr.write("error: out of memory. Close other programs, or take a smaller batch or patch (--set batch=…).\n")
        sys.exit(3)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        sys.stderr.write(f"error: {type(error).__name__}: {error}. This is a fault of the program; {DEBUG}=1 shows where.\n")
        sys.exit(3)
