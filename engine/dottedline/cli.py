"""The command `dottedline`: finds the command that is asked for, and the language to speak.

Exit codes: 0 advice given, 1 bad input, 2 wrong usage, 3 some rows of a table
rejected or of a record not run, 4 recorded answers differ, or two rulebooks
where that is asked for, 70 a fault of the program, 130 interrupted.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from . import __version__
from .commands import Command, Group, reported_errors
from .commands.options import language_option
from .commands.words import speak_as_the_program
from .language import find, of_environment, speaking
from .library import load

# A command makes what it needs and ends: looking for garbage on the way only costs time.
gc.set_threshold(200_000)

speak_as_the_program()

#: Each command and the module of `commands` that it is in.
COMMANDS = {
    "consult": "consult",
    "explain": "explain",
    "matrix": "matrix",
    "whatif": "whatif",
    "compare": "compare",
    "chart": "chart",
    "memo": "memo",
    "evaluate": "evaluate",
    "portfolio": "portfolio",
    "serve": "serve",
    "replay": "replay",
    "mcp": "mcp",
    "export": "export",
    "facts": "vocabulary",
    "schema": "schema",
    "rules": "authoring",
}


class Program(Group):
    """The whole program: it speaks the language that is asked for, whichever command that stands with."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        with speaking(_asked_for(given) or of_environment()):
            return super().main(given, *rest, **extra)


def _asked_for(arguments: Iterable[str]) -> str | None:
    """The language that `--lang` asks for: known before anything is parsed, so that also errors speak it."""
    words = iter(arguments)
    for word in words:
        name, _sign, tag = word.partition("=")
        if name == "--lang" and (found := find(tag or next(words, ""))):
            return found
    return None


def _version(context: click.Context, _param: click.Parameter, value: bool) -> None:
    if not value or context.resilient_parsing:
        return
    click.echo(f"dottedline {__version__}")
    with reported_errors():
        book = load()
        click.echo(f"rulebook {book.id} {book.version} (sha256 {book.sha256[:12]})")
    context.exit()


@click.group(cls=Program, modules=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    callback=_version,
    expose_value=False,
    is_eager=True,
    help="Show the versions of the program and of its rulebook.",
)
@language_option
def main() -> None:
    """How to structure a B2B marketing department, and why.

    \b
    dottedline consult               asks you about your company
    dottedline consult company.yaml  reads what is known from a file
    """


@main.command(cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@language_option
def completion(shell: str) -> None:
    """Prints the script that completes this command in a SHELL.

    \b
    bash:  dottedline completion bash >> ~/.bashrc
    zsh:   dottedline completion zsh >> ~/.zshrc
    fish:  dottedline completion fish > ~/.config/fish/completions/dottedline.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(main, {}, "dottedline", "_DOTTEDLINE_COMPLETE").source())


if __name__ == "__main__":
    main()
