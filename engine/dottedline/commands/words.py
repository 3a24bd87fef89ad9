"""The words that click puts around what the commands say, in the language spoken.

click asks gettext, which wants compiled catalogs in a place of its own; so
its modules are given this project's `_` in the place of gettext's.
"""

from __future__ import annotations

import click

from ..language import N_, _

#: What click says most; what is not here stays English.
CLICK = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("default: {default}"),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Invalid value: {message}"),
    N_("Missing command."),
    N_("Missing argument"),
)


def speak_as_the_program() -> None:
    """Lets click speak the language that the program speaks."""
    for module in (click.core, click.decorators, click.exceptions, click.formatting, click.parser):
        module._ = _  # type: ignore[attr-defined]
