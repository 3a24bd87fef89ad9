"""The command `dottedline`.

Exit codes: 0 advice given, 1 bad input, 2 wrong usage, 70 a fault of the
program, 130 interrupted.
"""

from __future__ import annotations

import functools
import gc
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from . import __version__
from .library import DEFAULT, Rulebook, load
from .matcher import EngineFault, EngineUnavailable
from .problems import InputError, did_you_mean
from .profile import Profile

BAD_INPUT = 1
FAULT = 70
INTERRUPTED = 130

F = TypeVar("F", bound=Callable[..., Any])

# A command makes what it needs and ends: looking for garbage on the way only costs time.
gc.set_threshold(200_000)

_rules_option = click.option(
    "--rules",
    default=DEFAULT,
    metavar="BOOK",
    help="A shipped rulebook, or the folder of another.",
    show_default=True,
)
_inferred_option = click.option(
    "--no-inferred", is_flag=True, help="Leave out what this project inferred itself."
)


def _reporting_errors(command: F) -> F:
    """Turns what can go wrong into a message and an exit code, never a traceback."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # Quotation marks and labels are no reason to fail on a terminal that lacks them.
                stream.reconfigure(errors="replace")
        try:
            return command(*args, **kwargs)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except InputError as error:
            click.echo(str(error), err=True)
            sys.exit(BAD_INPUT)
        except EngineUnavailable as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(BAD_INPUT)
        except EngineFault as error:
            click.echo(f"internal error: {error}\nNo advice is given. Please report this.", err=True)
            sys.exit(FAULT)
        except BrokenPipeError:
            # The reader has gone, as with `| head`: nothing is wrong.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except OSError as error:
            where = f"`{error.filename}`: " if error.filename else ""
            click.echo(f"error: {where}{(error.strerror or str(error)).lower()}", err=True)
            sys.exit(BAD_INPUT)

    return wrapped  # type: ignore[return-value]


def _book(rules: str, no_inferred: bool = False) -> Rulebook:
    book = load(rules)
    return book.without_inferred() if no_inferred else book


def _version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if not value or context.resilient_parsing:
        return
    click.echo(f"dottedline {__version__}")
    _reporting_errors(_echo_rulebook_version)()
    context.exit()


def _echo_rulebook_version() -> None:
    book = load()
    click.echo(f"rulebook {book.id} {book.version} (sha256 {book.sha256[:12]})")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    callback=_version,
    expose_value=False,
    is_eager=True,
    help="Show the versions of the program and of its rulebook.",
)
def main() -> None:
    """How to structure a B2B marketing department, and why.

    \b
    dottedline consult               asks you about your company
    dottedline consult company.yaml  reads what is known from a file
    """


@main.command()
@click.argument("profile", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@click.option("--brief", is_flag=True, help="One line for each piece of advice.")
@click.option("--charters", is_flag=True, help="Add what each team is for, and what it answers for.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep the answers of the interview in FILE, and go on from there if it exists.",
)
@_rules_option
@_inferred_option
@_reporting_errors
def consult(
    profile: str | None,
    form: str,
    brief: bool,
    charters: bool,
    save: Path | None,
    rules: str,
    no_inferred: bool,
) -> None:
    """Advice for one company.

    PROFILE is a YAML or JSON file of facts, or - for standard input. Without
    it, you are asked. `dottedline facts` lists what can be known.
    """
    if profile is not None and save is not None:
        raise click.UsageError("--save keeps the answers of an interview: leave out PROFILE, or --save")
    if brief and form != "text":
        raise click.UsageError("--brief goes with --format text")
    book = _book(rules, no_inferred)
    known = book.read_profile(profile) if profile is not None else _ask(book, save, form)
    _print_answer(book, known, form, brief, charters)


def _ask(book: Rulebook, save: Path | None, form: str) -> Profile:
    """The profile that an interview gives. Questions go to stderr where stdout carries a document."""
    from .interview_terminal import hold_interview
    from .profile import profile_from

    interview = hold_interview(book, save, to_stderr=form != "text")
    return profile_from(interview.facts(), book.vocabulary)


def _print_answer(book: Rulebook, known: Profile, form: str, brief: bool, charters: bool) -> None:
    answer = book.consult(known)
    if form == "json":
        click.echo(json.dumps(answer.to_dict(), indent=2, ensure_ascii=False))
        return
    from .present.report import report

    told = report(book.data, answer, charters=charters)
    if form == "markdown":
        from .present.markdown import report_markdown

        click.echo(report_markdown(told), nl=False)
        return
    from .present import terminal

    (terminal.print_brief if brief else terminal.print_report)(_console(), told)


#: Lines longer than this are hard to read.
_WIDEST = 100


def _console() -> Any:
    from .present.terminal import Terminal

    console = Terminal(highlight=False)
    console.width = min(console.width, _WIDEST)
    return console


def _explainable(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    from .reasons import names

    return [name for name in names(load().data) if name.startswith(incomplete)]


@main.command()
@click.argument("profile")
@click.argument("decision", shell_complete=_explainable)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True
)
@_rules_option
@_inferred_option
@_reporting_errors
def explain(profile: str, decision: str, form: str, rules: str, no_inferred: bool) -> None:
    """Why a decision or finding came out as it did for PROFILE.

    Shows the rules that fired and the facts that they used, the rules that
    gave way, those that did not fire and which condition failed, and what
    the source says.
    """
    from .reasons import names

    book = _book(rules, no_inferred)
    known = names(book.data)
    if decision not in known:
        hint = did_you_mean(decision, known, f"they are: {', '.join(known)}")
        raise click.BadParameter(f"there is no decision or finding `{decision}`; {hint}", param_hint="DECISION")
    facts = book.read_profile(profile)
    answer = book.consult(facts)
    explanation = book.explain(facts, decision)
    if form == "json":
        click.echo(json.dumps(explanation.to_dict(), indent=2, ensure_ascii=False))
        return
    from .present.explanation import explanation_markdown, print_explanation

    if form == "markdown":
        click.echo(explanation_markdown(book.data, explanation, answer), nl=False)
    else:
        print_explanation(_console(), book.data, explanation, answer)


def _fact_names(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in load().vocabulary.facts if name.startswith(incomplete)]


@main.command()
@click.argument("names", nargs=-1, metavar="[FACT]...", shell_complete=_fact_names)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "yaml"]), default="text", show_default=True
)
@_rules_option
@_reporting_errors
def facts(names: tuple[str, ...], form: str, rules: str) -> None:
    """What can be known about a company.

    With FACTs, only these (or the families of that name). `--format yaml`
    prints a profile to fill in, with nothing known in it.
    """
    from .present import vocabulary as shown

    vocabulary = _book(rules).vocabulary
    wanted = [f for f in vocabulary.facts.values() if not names or f.id in names or f.family in names]
    known = [*vocabulary.facts, *vocabulary.families]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, "`dottedline facts` lists them all")
            raise click.BadParameter(f"there is no fact `{name}`; {hint}", param_hint="FACT")
    if form == "json":
        click.echo(json.dumps(shown.facts_json(wanted), indent=2, ensure_ascii=False))
    elif form == "yaml":
        click.echo(shown.blank_profile(vocabulary, wanted), nl=False)
    else:
        shown.print_facts(_console(), vocabulary, wanted)


@main.command()
@click.argument("what", type=click.Choice(["answer"]), default="answer")
@_reporting_errors
def schema(what: str) -> None:
    """The JSON Schema of what `consult --format json` prints."""
    click.echo(
        (Path(__file__).parent / "schemas" / f"{what}.schema.json").read_text(encoding="utf-8"), nl=False
    )


@main.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@_reporting_errors
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
