"""The commands for people who write rules."""

from __future__ import annotations

import click

from .. import Group, language_option

#: Each command and the module of `commands` that it is in.
COMMANDS: dict[str, str] = {
    "new": "authoring.new",
    "check": "authoring.check",
    "explain-code": "authoring.check",
    "test": "authoring.test",
    "mutate": "authoring.mutate",
    "docs": "authoring.docs",
    "diff": "authoring.diff",
    "fmt": "authoring.fmt",
}


@click.group(cls=Group, modules=COMMANDS)
@language_option
def rules() -> None:
    """For those who write rules: check, test, describe and compare a rulebook."""
