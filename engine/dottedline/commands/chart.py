"""`dottedline chart`: the org chart, as advised and as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ..chart import Chart, Which
from ..library import Rulebook
from . import Command, console, fail
from .options import book_options, format_named, output_option, record, record_options, write_output

if TYPE_CHECKING:
    from ..records.recorder import Recorder

#: The formats, with the endings of files that are in them.
FORMATS: Mapping[str, tuple[str, ...]] = {
    "tree": (".txt",),
    "svg": (".svg",),
    "png": (".png",),
    "mermaid": (".mmd", ".mermaid"),
    "dot": (".dot", ".gv"),
    "csv": (".csv",),
    "json": (".json",),
}

_WHICH: Mapping[str, tuple[Which, ...]] = {
    "advised": ("advised",),
    "present": ("present",),
    "both": ("present", "advised"),
}


@click.command(cls=Command)
@click.argument("profile")
@click.option(
    "--which",
    type=click.Choice(list(_WHICH)),
    default="advised",
    show_default=True,
    help="The chart that is advised, that of today, or both.",
)
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    help="tree, svg, png, mermaid, dot, csv or json; else by the ending of FILE, or tree.",
)
@output_option("Write the chart to FILE.")
@record_options
@book_options
def chart(
    profile: str,
    which: Literal["advised", "present", "both"],
    form: str | None,
    output: Path | None,
    recorder: Recorder | None,
    book: Rulebook,
) -> None:
    """The org chart of the company in PROFILE.

    As advised, each function is where the source says that it belongs; what
    it leaves open, or what is not yet known, is never drawn as if decided.
    """
    form = format_named(form, output, FORMATS, "tree")
    known = book.read_profile(profile)
    if recorder is not None:
        record(recorder, book, book.consult(known), "chart")
    charts = [book.chart(known, each) for each in _WHICH[which]]
    if form == "tree" and output is None:
        from ..present.chart_tree import print_charts

        print_charts(console(), charts)
        return
    document = _document(form, charts)
    if output is None:
        click.echo(document, nl=False)
    else:
        write_output(output, document, book, profile)


def _document(form: str, charts: Sequence[Chart]) -> bytes | str:
    """The charts in a format."""
    if form in ("svg", "png"):
        from ..present import chart_image

        try:
            return (chart_image.charts_svg if form == "svg" else chart_image.charts_png)(charts)
        except chart_image.CannotDraw as error:
            raise fail(str(error), error.help) from None
    from ..present import chart_data, chart_dot, chart_tree

    texts = {
        "tree": chart_tree.charts_text,
        "mermaid": chart_data.charts_mermaid,
        "dot": chart_dot.charts_dot,
        "csv": chart_data.charts_csv,
        "json": chart_data.charts_json,
    }
    return texts[form](charts)
