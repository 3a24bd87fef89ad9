"""The ownership matrix for people: in a terminal, as Markdown, and as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from ..language import N_, _, counted, list_of, number_of
from ..ownership import STATES, Contractor, Duty, Ownership, State
from ..rulebook import RulebookData, organisation_of
from ..words import after, capital, join_sentences, quoted, sentence
from .markdown import plain, table_lines
from .report import cited, marked, rulebook_line
from .tags import ADVICE, STATE

#: How the owners of today compare with the source, in a word or two.
STATE_WORDS: Mapping[State, str] = {
    "unowned": N_("no owner"),
    "owned_twice": N_("owned twice: to check"),
    "elsewhere": N_("elsewhere: to check"),
    "planned": N_("open role"),
    "contractor": N_("by a contractor"),
    "shared_as_listed": N_("shared as listed"),
    "as_listed": N_("as listed"),
    "not_known": N_("not known"),
}

#: The same of several, counted.
_COUNTED: Mapping[State, str] = {
    "unowned": N_("{n} without an owner"),
    "owned_twice": N_("{n} owned twice"),
    "elsewhere": N_("{n} owned elsewhere"),
    "planned": N_("{n} waiting for an open role"),
    "contractor": N_("{n} with a contractor"),
    "shared_as_listed": N_("{n} shared as listed"),
    "as_listed": N_("{n} as listed"),
    "not_known": N_("{n} not known"),
}

#: What is worth a look, in the colours in which a terminal shows it.
_STYLES: Mapping[State, str] = {
    "unowned": "bold yellow",
    "owned_twice": "bold yellow",
    "elsewhere": "yellow",
    "planned": "cyan",
    "contractor": "cyan",
    "not_known": "dim",
}

#: How firmly the source lists responsibilities with a team.
_LISTED_SOMEHOW = N_("Listed with {team}")
_LISTED: Mapping[str, str] = {
    "must": N_("Must be with {team}"),
    "should": N_("Should be with {team}"),
    "default": N_("Usually with {team}"),
    "may": N_("Sometimes with {team}"),
}


class Row(NamedTuple):
    """A responsibility, its owners and how that compares with the source; or a contractor's fields."""

    cells: tuple[str, ...]
    style: str = ""


class Part(NamedTuple):
    """One table of the matrix, with what there is to say about its rows."""

    title: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]


class Matrix(NamedTuple):
    """All that is told, in the order in which it is read."""

    title: str
    subtitle: str
    #: How many there are of what, and which need a look first.
    summary: tuple[str, ...]
    parts: tuple[Part, ...]
    closing: tuple[str, ...]
    footer: str


def matrix(book: RulebookData, owned: Ownership) -> Matrix:
    """The matrix in words."""
    contractors = _contractors(book, owned)
    without = [team for team in book.teams if not team.responsibilities]
    return Matrix(
        title=_("Who owns what"),
        subtitle=cited(book),
        summary=tuple(_summary(book, owned)),
        parts=(*_parts(book, owned), *([contractors] if contractors else [])),
        closing=(
            *(_("{label}: {text}").format(label=team.label, text=team.mission) for team in without),
            *(statement.text for statement in book.statements if statement.show == "always"),
        ),
        footer=rulebook_line(book),
    )


def _summary(book: RulebookData, owned: Ownership) -> Iterator[str]:
    counts = [(state, len(owned.of_state(state))) for state in STATES]
    yield _("{total}: {counts}.").format(
        total=counted("{n} responsibility", "{n} responsibilities", len(owned.duties)),
        counts=list_of(
            [_(_COUNTED[state]).format(n=number_of(number)) for state, number in counts if number], "unit"
        ),
    )
    if unowned := owned.of_state("unowned"):
        yield _("Without an owner: {duties}.").format(duties=list_of([duty.label for duty in unowned]))
    if twice := owned.of_state("owned_twice"):
        with_owners = [
            _("{duty} ({owners})").format(duty=duty.label, owners=_owners(book, duty.owners)) for duty in twice
        ]
        yield _("Owned twice: {duties}.").format(duties=list_of(with_owners))
    if owned.of_state("not_known"):
        told = _(
            "Owners that are not known go into the profile: `dottedline facts {family}` lists what can be said."
        )
        yield told.format(family=organisation_of(book).owner)


# --- responsibilities ---------------------------------------------------------------


def _parts(book: RulebookData, owned: Ownership) -> Iterator[Part]:
    """The responsibilities by the team that the source lists them with, and by how firmly it does."""
    groups: dict[tuple[str, str], list[Duty]] = {}
    for duty in owned.duties:
        groups.setdefault((duty.team_label, duty.modality), []).append(duty)
    for (team, modality), duties in groups.items():
        yield Part(
            _(_LISTED.get(modality, _LISTED_SOMEHOW)).format(team=team),
            (_("Responsibility"), _("Owner today"), _("Compared")),
            tuple(
                Row(
                    (_duty(duty), _owners(book, duty.owners), _(STATE_WORDS[duty.state])),
                    _STYLES.get(duty.state, ""),
                )
                for duty in duties
            ),
            tuple(
                _("{label}: {text}").format(label=duty.label, text=text)
                for duty in duties
                if (text := join_sentences(*_remarks(book, duty)))
            ),
        )


def _duty(duty: Duty) -> str:
    if not duty.shares:
        return duty.label
    others = list_of([share.label for share in duty.shares])
    return _("{duty} (with {others})").format(duty=duty.label, others=others)


def _owners(book: RulebookData, owners: Sequence[str] | None) -> str:
    if owners is None:
        return ""
    if not owners:
        return _("none named")
    return capital(_("; ").join(place_label(book, place) for place in owners))


def place_label(book: RulebookData, place: str) -> str:
    """A place in words."""
    owner = organisation_of(book).owner
    fact = next(fact for fact in book.vocabulary.facts.values() if fact.family == owner)
    return fact.label_of(place)


def _remarks(book: RulebookData, duty: Duty) -> Iterator[str]:
    """What the source adds, and what it takes to read the facts so."""
    if added := book.added_by([duty.book]):
        yield sentence(_("Listed so {after}").format(after=after(added)))
    if duty.note:
        yield sentence(duty.note)
    if duty.state == "shared_as_listed":
        for share in duty.shares:
            for place in share.places:
                label = place_label(book, place)
                if place in (duty.owners or ()) and place != duty.team and label != share.label:
                    told = _("Shared as listed, if {place} means {team}.")
                    yield told.format(place=quoted(label), team=share.label)
    if duty.state == "owned_twice":
        if duty.shares:
            told = _("The source names only {others} as sharing it.")
            yield told.format(others=list_of([share.label for share in duty.shares]))
        else:
            yield _("The source names nobody who shares it.")
    if duty.sits_elsewhere:
        yield _two_questions(book, duty)


def _two_questions(book: RulebookData, duty: Duty) -> str:
    """Where the function of the same name sits, beside who owns it."""
    if duty.owners is None:
        told = _("Its place today is {place}; who owns it is another question, and you have not said.")
    elif not duty.owners:
        told = _("Its place today is {place}, it has no owner: these are two questions.")
    else:
        told = _("Its place today is {place}, its owner {owners}: these are two questions.")
    return told.format(
        place=quoted(place_label(book, duty.place or "")),
        owners=list_of([quoted(place_label(book, owner)) for owner in duty.owners or ()]),
    )


# --- contractors --------------------------------------------------------------------


def _contractors(book: RulebookData, owned: Ownership) -> Part | None:
    """The contractors, where there is anything to say about them."""
    of_all = [naming for naming in owned.named if naming.of_all is not None]
    if not (owned.contractors or owned.findings or of_all):
        return None
    listing = book.vocabulary.facts[organisation_of(book).contractors]
    remarks = []
    if not owned.contractors:
        remarks.append(_("You have listed none, and named none as the place of a function."))
    remarks += [
        _("{fact}: {value}.").format(
            fact=book.vocabulary.facts[naming.fact].label,
            value=book.vocabulary.facts[naming.fact].label_of(naming.of_all),
        )
        for naming in of_all
    ]
    for finding in owned.findings:
        tags = list_of([_(ADVICE[finding.modality]), _(STATE[finding.state])], "unit")
        text = _("{text} [{tags}]").format(text=finding.text, tags=tags)
        remarks.append(
            join_sentences(text, marked(finding.because, finding.inferred, book.added_by([finding.book])))
        )
    return Part(
        listing.label,
        tuple(field.label for field in listing.fields.values()),
        tuple(
            Row(_contractor(book, owned, contractor), "yellow" if contractor.missing else "")
            for contractor in owned.contractors
        ),
        tuple(remarks),
    )


def _contractor(book: RulebookData, owned: Ownership, contractor: Contractor) -> tuple[str, ...]:
    fields = book.vocabulary.facts[organisation_of(book).contractors].fields
    named = {naming.field for naming in owned.named}
    cells = []
    for id, value in contractor.fields.items():
        choices = fields[id].values
        if id in contractor.missing:
            cells.append(_("missing"))
        elif value is not None:
            cells.append(choices[value].label if choices else value)
        elif id in contractor.not_known or id not in named:
            cells.append(_("not known"))
        else:
            cells.append(_("named"))
    return tuple(cells)


# --- in a terminal ------------------------------------------------------------------


def print_matrix(console: Console, told: Matrix) -> None:
    """Prints the matrix; fits any width from about 40 columns."""
    console.print(Group(*_lines(told)))


def _lines(told: Matrix) -> Iterator[RenderableType]:
    yield Text(told.title, style="bold")
    yield Text(told.subtitle, style="dim")
    for number, text in enumerate(told.summary):
        yield Text(text, style="bold yellow" if number else "")
    for part in told.parts:
        yield Text()
        yield Line(Text(part.title, style="bold"), align="left", style="dim")
        if part.rows:
            yield Padding(_table(part), (0, 0, 0, 2))
        for remark in part.remarks:
            yield Padding(Text(remark, style="dim"), (0, 0, 0, 2), expand=False)
    yield Text()
    for text in told.closing:
        yield Text(text, style="italic")
    yield Text(told.footer, style="dim")


def _table(part: Part) -> Table:
    """The columns of all parts stand below one another: their widths follow from the terminal alone."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=True, header_style="dim")
    for number, heading in enumerate(part.header):
        table.add_column(Text(heading), overflow="fold", ratio=_RATIOS[min(number, len(_RATIOS) - 1)])
    for row in part.rows:
        *cells, last = row.cells
        table.add_row(*(Text(cell) for cell in cells), Text(last, style=row.style))
    return table


_RATIOS = (5, 4, 3)


# --- as Markdown --------------------------------------------------------------------


def matrix_markdown(told: Matrix) -> str:
    """The matrix as one Markdown text, to paste into a document or a ticket."""
    lines = [f"# {plain(told.title)}", "", f"*{plain(sentence(told.subtitle))}*", ""]
    lines += [f"- {plain(text)}" for text in told.summary]
    for part in told.parts:
        lines += ["", f"## {plain(part.title)}", ""]
        if part.rows:
            lines += table_lines(part.header, [row.cells for row in part.rows])
        if part.rows and part.remarks:
            lines.append("")
        lines += [f"- {plain(remark)}" for remark in part.remarks]
    lines += ["", "---", ""]
    lines += [line for text in told.closing for line in (plain(text), "")]
    lines.append(f"<small>{plain(told.footer)}</small>")
    return "\n".join(lines) + "\n"


# --- for a spreadsheet --------------------------------------------------------------


def matrix_csv(book: RulebookData, owned: Ownership) -> str:
    """A line for each responsibility, then for each contractor: ids for programs, labels for people."""
    fields = book.vocabulary.facts[organisation_of(book).contractors].fields
    lines = [*(_duty_line(book, duty) for duty in owned.duties)]
    for contractor in owned.contractors:
        line = {"row": "contractor"}
        cells = _contractor(book, owned, contractor)
        for (id, value), label in zip(contractor.fields.items(), cells, strict=True):
            line[f"contractor_{id}"] = value or ""
            line[f"contractor_{id}_label"] = label
        lines.append(line)
    columns = [*_COLUMNS, *(f"contractor_{id}{kind}" for id in fields for kind in ("", "_label"))]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: _harmless(cell) for column, cell in line.items()} for line in lines)
    return out.getvalue()


_COLUMNS = (
    "row",
    "id",
    "label",
    "team",
    "team_label",
    "modality",
    "shared_with",
    "owners",
    "owners_label",
    "place",
    "place_label",
    "state",
    "state_label",
    "note",
    "source_items",
)


def _duty_line(book: RulebookData, duty: Duty) -> dict[str, str]:
    return {
        "row": "responsibility",
        "id": duty.id,
        "label": duty.label,
        "team": duty.team,
        "team_label": duty.team_label,
        "modality": duty.modality,
        "shared_with": list_of([share.label for share in duty.shares], "unit"),
        "owners": ",".join(duty.owners or ()),
        "owners_label": _owners(book, duty.owners),
        "place": duty.place or "",
        "place_label": place_label(book, duty.place) if duty.place else "",
        "state": duty.state,
        "state_label": _(STATE_WORDS[duty.state]),
        "note": duty.note,
        "source_items": ",".join(str(item) for item in duty.guidance),
    }


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: it begins with an apostrophe where it would."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else cell
