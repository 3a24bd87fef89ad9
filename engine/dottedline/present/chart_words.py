"""What the boxes and lines of an org chart say, in every format of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from ..chart import Box, Chart, DottedLine
from ..language import N_, _, list_of
from ..words import join_sentences, quoted, with_source
from .tags import ADVICE, STATUS

#: Of advice that may change.
SO_FAR = STATUS["provisional"]

#: How firmly the source says that a function is where its box is.
HERE = {
    "must": N_("must be here"),
    "should": N_("should be here"),
    "default": N_("usually here"),
    "may": N_("may be here"),
}

#: How firmly it says that a department has the groups that are drawn.
GROUPS = {
    "must": N_("must have these groups"),
    "should": N_("should have these groups"),
    "default": N_("usually has these groups"),
    "may": N_("may have these groups"),
}

#: What is told apart on a chart, as the legend has it.
Sample = Literal["solid", "dotted", "asked", "outside", "contractor", "open_role", "undecided"]

LEGEND: dict[Sample, str] = {
    "solid": N_("reports to"),
    "dotted": N_("dotted line of today"),
    "asked": N_("dotted line that the source asks for"),
    "outside": N_("outside the department"),
    "contractor": N_("contractor"),
    "open_role": N_("open role"),
    "undecided": N_("left open by the source, or not yet known"),
}


def title(chart: Chart) -> str:
    """What a chart is of."""
    return _("The org chart as advised") if chart.which == "advised" else _("The org chart today")


def sample_of(box: Box) -> Sample | None:
    """What a box is an example of; None for one that goes without saying."""
    if box.staffing == "contractor":
        return "contractor"
    if box.staffing == "open_role":
        return "open_role"
    if box.part == "undecided" or box.status in ("open", "undetermined", "silent"):
        return "undecided"
    return "outside" if box.part == "outside" else None


def legend(charts: Sequence[Chart]) -> list[tuple[Sample, str]]:
    """What stands for what, of all that is on the charts."""
    shown: set[Sample | None] = {"solid"}
    for chart in charts:
        shown |= {sample_of(box) for box in chart.boxes}
        shown |= {"asked" if line.asked else "dotted" for line in chart.lines}
    return [(sample, _(text)) for sample, text in LEGEND.items() if sample in shown]


def notes(box: Box, chart: Chart) -> list[str]:
    """What a box says below its name, each on a line of its own."""
    told = []
    if box.part == "outside":
        department = next(other.label for other in chart.boxes if other.part == "department")
        told.append(_("outside {department}").format(department=department))
    if box.where:
        told.append(box.where)
    if box.staffing == "open_role":
        told.append(_("open role"))
    elif box.staffing == "contractor" and box.part != "contractor":
        told.append(_("done by a contractor today"))
    told += [_("{label}: {text}").format(label=label, text=text) for label, text in box.details]
    told += _advice(box)
    if box.inferred:
        told.append(_("our inference"))
    return told


def _advice(box: Box) -> Iterable[str]:
    """How firm and how sure it is that the box is where it is, and what else there could be."""
    options = list_of(box.choices, "or")
    facts = list_of([quoted(label) for label in box.depends_on])
    if box.status in ("settled", "provisional"):
        firm = _((GROUPS if box.part == "department" else HERE).get(box.modality or "", ""))
        if box.status == "provisional":
            firm = _("{advice}, so far").format(advice=firm) if firm else _(SO_FAR)
        if firm:
            yield with_source(firm, box.sources)
        if options:
            yield _("also allowed: {options}").format(options=options)
        if facts:
            yield _("may change with {facts}").format(facts=facts)
    elif box.status == "open":
        told = _("contested: {options}") if box.modality == "contested" else _("open: {options}")
        yield with_source(told.format(options=options), box.sources)
        if facts:
            yield _("may change with {facts}").format(facts=facts)
    elif box.status == "undetermined":
        yield _("not yet known: depends on {facts}").format(facts=facts)
    elif box.status == "silent":
        yield with_source(_("the source does not say"), box.sources)


def line_label(line: DottedLine) -> str:
    """How firmly a dotted line is asked for; empty for one that merely is there."""
    if line.asked is None:
        return ""
    advice = with_source(_(ADVICE[line.asked]), line.sources)
    return _("{advice}, our inference").format(advice=advice) if line.inferred else advice


def lines_asked(box: Box, chart: Chart) -> list[str]:
    """The dotted lines that a box is asked to have, for where a line has no label of its own."""
    labels = {other.id: other.label for other in chart.boxes}
    return [
        _("dotted line to {place}: {advice}").format(place=labels[line.target], advice=line_label(line))
        for line in chart.dotted(box.id)
        if line.asked
    ]


def asides(chart: Chart) -> list[str]:
    """What belongs to the chart and has no place on it, as sentences."""
    told = []
    if chart.unknown:
        told.append(_("Not known where it is today: {functions}.").format(functions=list_of(chart.unknown)))
    told += [
        _("{function} has a dotted line to a place that is not on this chart: {place}.").format(
            function=function, place=place
        )
        for function, place in chart.lines_elsewhere
    ]
    return told + list(chart.asked_elsewhere)


def aside(chart: Chart) -> str:
    """The same as one text; empty where there is nothing to say."""
    return join_sentences(*asides(chart)) if asides(chart) else ""
