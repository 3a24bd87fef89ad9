"""`dottedline mcp`: the advice for assistants."""

from __future__ import annotations

import logging
import sys

import click

from ..language import _
from ..library import Rulebook
from ..reloading import Reloading
from ..serving.reach import listen, token_for
from . import Command, fail, missing_package_reported
from .options import book_options


@click.command(cls=Command)
@click.option(
    "--http",
    metavar="HOST:PORT",
    help="Serve over HTTP at this address, such as 127.0.0.1:8091, instead of over pipes; port 0 for any.",
)
@click.option("--token-file", metavar="FILE", help="Holds the token that every request over HTTP has to bring.")
@book_options
def mcp(http: str | None, token_file: str | None, book: Rulebook) -> None:
    """The advice for assistants, by the Model Context Protocol.

    Over standard input and output, for an assistant that starts it; or over
    HTTP. Only programs on this machine reach it, unless --http says
    otherwise; then every request has to bring a token, which is in the file
    that --token-file names or in the environment variable DOTTEDLINE_TOKEN.

    Its tools give the advice with its rules, the items of the source, how
    firmly it is said, and what the source does not say. Logs go to standard
    error; the rulebook follows its files.
    """
    if token_file is not None and http is None:
        raise click.UsageError(_("--token-file goes with --http"))
    address = None if http is None else _address(http)
    token = None if address is None else token_for(address[0], token_file)
    with missing_package_reported(_("it comes with `pip install 'dottedline[mcp]'`")):
        from ..serving import assistant_running as running
        from ..serving.assistant_server import server_of
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(message)s")
    logging.getLogger("dottedline").setLevel(logging.INFO)
    rules, facts = book.found_at
    inferred = book.data.with_inferred
    rulebooks = Reloading(rules, facts=facts, languages=[book.language], inferred=inferred)
    server = server_of(lambda: rulebooks.current)
    if address is None:
        running.run_over_pipes(server)
    else:
        running.run_over_http(server, listen(*address), token)


def _address(text: str) -> tuple[str, int]:
    """The host and the port of an address such as `127.0.0.1:8091` or `[::1]:8091`."""
    host, _colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise fail(_("`{text}` is no address").format(text=text), _("write HOST:PORT, as in `127.0.0.1:8091`"))
    return host, int(port)
