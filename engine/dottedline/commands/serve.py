"""`dottedline serve`: the advice over HTTP."""

from __future__ import annotations

import math
from pathlib import Path

import click

from ..language import _, current
from ..serving.reach import token_for
from . import Command, missing_package_reported
from .options import rules_options


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="The port; 0 for any."
)
@click.option("--token-file", metavar="FILE", help="Holds the token that every request has to bring.")
@click.option("--record", metavar="FILE", help="Append each answer to FILE, for `dottedline replay`.")
@click.option("--record-hash", is_flag=True, help="Of the facts, record only their hash.")
@click.option(
    "--reload", is_flag=True, help="Follow the files of the rulebook: a new state of them is used at once."
)
@click.option("--log-facts", is_flag=True, help="Log what was asked, facts included.")
@click.option(
    "--log-level",
    type=click.Choice(["info", "warning", "error"]),
    default="info",
    show_default=True,
    help="The least that is logged; requests are `info`.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1),
    default=256,
    show_default=True,
    metavar="N",
    help="How many requests are in hand at once; of one client, half as many.",
)
@click.option(
    "--max-body",
    type=click.IntRange(1),
    default=256,
    show_default=True,
    metavar="KIB",
    help="The longest body of a question.",
)
@click.option(
    "--max-table",
    type=click.IntRange(1),
    default=1024,
    show_default=True,
    metavar="MIB",
    help="The longest table to evaluate.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    callback=lambda _context, _param, seconds: _finite(seconds),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a client may take for its request, and an answer.",
)
@click.option(
    "--memory",
    type=click.IntRange(0),
    default=64,
    show_default=True,
    metavar="MIB",
    help="How much of the answers to remember.",
)
@rules_options
def serve(
    host: str,
    port: int,
    token_file: str | None,
    record: str | None,
    record_hash: bool,
    reload: bool,
    log_facts: bool,
    log_level: str,
    concurrency: int,
    max_body: int,
    max_table: int,
    timeout: float,
    memory: int,
    rules: str,
    no_inferred: bool,
) -> None:
    """The advice over HTTP, for programs in any language.

    Only programs on this machine reach it, unless --host says otherwise;
    then every request has to bring a token, which is in the file that
    --token-file names or in the environment variable DOTTEDLINE_TOKEN.

    SIGTERM stops it when what is in hand is answered; SIGHUP has it look at
    the files of the rulebook. Logs are lines of JSON on standard error.
    """
    with missing_package_reported(_("it comes with `pip install 'dottedline[serve]'`")):
        from ..serving.json_logs import log_to_stderr
        from ..serving.server import serve as run
        from ..serving.settings import Settings
    if record_hash and record is None:
        raise click.UsageError(_("--record-hash goes with --record"))
    token = token_for(host, token_file)
    log_to_stderr(log_level.upper())
    run(
        Settings(
            rules=rules,
            inferred=not no_inferred,
            language=current(),
            host=host,
            port=port,
            token=token,
            record=Path(record) if record else None,
            record_hash=record_hash,
            log_facts=log_facts,
            reload=1.0 if reload else 0.0,
            max_body=max_body * 1024,
            max_stream=max_table * 1024 * 1024,
            seconds=timeout,
            concurrency=concurrency,
            per_client=max(1, concurrency // 2),
            memory=memory * 1024 * 1024,
        )
    )


def _finite(seconds: float) -> float:
    if not math.isfinite(seconds):
        raise click.BadParameter(_("`{value}` is no number of seconds").format(value=seconds))
    return seconds
