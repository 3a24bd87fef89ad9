"""Makes the org chart of a company, from its facts and from what is advised of it.

Dotted lines come last, between boxes that are there already, so that they
can never change the tree of the solid ones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .answer import Answer, DecisionAnswer, firmest_sources
from .chart import COMPANY, UNDECIDED, Box, Chart, DottedLine, Staffing, Which
from .language import _
from .rulebook import Modality, Organisation, RulebookData, organisation_of
from .verdicts import Status
from .vocabulary import Choice
from .words import capital, with_source


def chart_of(book: RulebookData, answer: Answer, which: Which = "advised") -> Chart:
    """The chart of one company.

    Args:
        book: the rulebook that gave the answer.
        answer: what it says of the company; its profile is what is known of today.
        which: the chart that is advised, or that of today.

    Raises:
        RulebookError: where the rulebook does not describe an organisation.
    """
    return _Drawing(book, organisation_of(book), answer, which).chart()


class _Placing(NamedTuple):
    """Where a function goes; a place of None is none that the chart has."""

    place: str | None
    status: Status | None = None
    modality: Modality | None = None
    choices: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    inferred: bool = False
    sources: tuple[str, ...] = ()


class _Drawing:
    def __init__(self, book: RulebookData, organisation: Organisation, answer: Answer, which: Which) -> None:
        self.book = book
        self.organisation = organisation
        self.answer = answer
        self.which = which
        self.facts = answer.profile.facts
        family = [fact for fact in book.vocabulary.facts.values() if fact.family == organisation.place]
        #: The functions and the places by id, with their labels.
        self.functions = _labels(book, [str(fact.item) for fact in family])
        self.places: Mapping[str, Choice] = family[0].values
        self.group_of = {function: group for group, function in organisation.functions.items()}
        self.boxes: dict[str, Box] = {}
        #: The boxes of functions and places that have one.
        self.of_function: dict[str, str] = {}
        self.of_place: dict[str, str] = {}
        self.unknown: list[str] = []

    def chart(self) -> Chart:
        department = self.organisation.department
        self._add(Box(f"place.{department}", "department", self._place(department), None), place=department)
        placings = dict(self._placings())
        self._structure(placings)
        for function, placing in placings.items():
            group = self.group_of.get(function)
            if group is not None:
                self._group(group, placings)
            else:
                self._function(function, placing, placings)
        self._contractors()
        boxes = tuple(self._in_order())
        lines, lines_elsewhere = self._lines_today()
        lines, asked_elsewhere = self._lines_asked(lines)
        unknown = [self.functions[id] for id in self.unknown if id not in self.of_function]
        return Chart(
            self.which,
            boxes,
            tuple(lines),
            tuple(unknown),
            tuple(lines_elsewhere),
            tuple(asked_elsewhere),
            self.book.language,
        )

    # --- where functions go -------------------------------------------------------------

    def _placings(self) -> Iterator[tuple[str, _Placing]]:
        for function in self.functions:
            decision = self.answer.decisions.get(function)
            today = self._today(function)
            if self.which == "advised":
                if decision is not None and decision.status != "not_applicable":
                    yield function, self._advised(decision)
            elif today is None:
                self.unknown.append(function)
            elif today != self.organisation.absent:
                yield function, _Placing(today)

    def _today(self, function: str) -> str | None:
        today = self.facts.get(f"{self.organisation.place}.{function}")
        return str(today) if today is not None else None

    def _advised(self, decision: DecisionAnswer) -> _Placing:
        outcomes = self.book.decisions[decision.id].outcomes
        chosen = outcomes[decision.outcome] if decision.outcome is not None else None
        options = [
            with_source(option.label, self.book.added_by([option.book]))
            for option in decision.options
            if option.outcome != decision.outcome
        ]
        places = chosen.places if chosen is not None else ()
        group = self.group_of.get(decision.id)
        # What an outcome names first is where it is drawn; the other places count as it too.
        place = group if group in places else next(iter(places), None)
        if chosen is not None and place is None:
            options = [chosen.label, *options]
        return _Placing(
            place,
            decision.status,
            decision.modality,
            tuple(dict.fromkeys(options)),
            tuple(self.book.vocabulary.facts[id].label for id in decision.depends_on),
            decision.inferred,
            firmest_sources(self.book, decision),
        )

    # --- boxes --------------------------------------------------------------------------

    def _add(self, box: Box, *, place: str | None = None) -> str:
        self.boxes[box.id] = box
        if box.function is not None:
            self.of_function[box.function] = box.id
        if place is not None:
            self.of_place[place] = box.id
        return box.id

    def _place(self, place: str) -> str:
        return capital(self.places[place].label)

    def _structure(self, placings: Mapping[str, _Placing]) -> None:
        """The groups that the source divides the department into; how firmly, is said of the department."""
        decision = self.answer.decisions.get(self.organisation.structure)
        if self.which == "present" or decision is None:
            return
        advised = self._advised(decision)
        id = self.of_place[self.organisation.department]
        self.boxes[id] = self.boxes[id]._replace(
            status=advised.status,
            modality=advised.modality,
            choices=advised.choices,
            depends_on=advised.depends_on,
            inferred=advised.inferred,
            sources=advised.sources,
        )
        if decision.outcome is not None:
            for place in self.book.decisions[decision.id].outcomes[decision.outcome].places:
                self._manager(place, placings)

    def _function(self, function: str, placing: _Placing, placings: Mapping[str, _Placing]) -> None:
        manager, where = self._manager(placing.place, placings)
        box = Box(f"function.{function}", "function", self.functions[function], manager, function, where)
        self._add(self._with(box, function, placing))

    def _with(self, box: Box, function: str, placing: _Placing) -> Box:
        """A function's box with what is advised of it, and who does its work."""
        today = self._today(function)
        staffing: Staffing = "team"
        if today == self.organisation.contractor:
            staffing = "contractor"
        elif today == self.organisation.open_role:
            staffing = "open_role"
        told = placing._asdict()
        del told["place"]
        return box._replace(staffing=staffing, **told)

    def _group(self, group: str, placings: Mapping[str, _Placing]) -> str:
        """The box of a group; where the group is a function too, one box is both."""
        if group in self.of_place:
            return self.of_place[group]
        department = self.of_place[self.organisation.department]
        # Until its own manager is found: what would report to itself reports to the department.
        self.of_place[group] = department
        function = self.organisation.functions.get(group)
        placing = placings.get(function, _Placing(group)) if function else _Placing(group)
        box = Box(f"place.{group}", "group", self._place(group), department)
        if placing.place != group:
            manager, where = self._manager(placing.place, placings)
            box = box._replace(
                id=f"function.{function}",
                part="function",
                label=self.functions[str(function)],
                manager=manager,
                where=where,
            )
        if function in placings or function in self.unknown:
            box = self._with(box._replace(function=function), str(function), placing)
        return self._add(box, place=group)

    def _manager(self, place: str | None, placings: Mapping[str, _Placing]) -> tuple[str, str]:
        """The box that what is in a place reports to; and the place in words, where no box says it."""
        organisation = self.organisation
        department = self.of_place[organisation.department]
        if place is None:
            if UNDECIDED not in self.boxes:
                self._add(Box(UNDECIDED, "undecided", _("Not decided"), COMPANY))
            return UNDECIDED, ""
        if place in organisation.groups:
            return self._group(place, placings), ""
        outside = place in organisation.outside
        if place in organisation.scattered:
            return (COMPANY if outside else department), self.places[place].label
        if place not in (*organisation.outside, *organisation.within):
            return department, ""
        if place not in self.of_place:
            box = Box(f"place.{place}", "within", self._place(place), department)
            self._add(box._replace(part="outside", manager=COMPANY) if outside else box, place=place)
        return self.of_place[place], ""

    def _contractors(self) -> None:
        """Those whom the profile lists, each with the function that it works on."""
        fact = self.book.vocabulary.facts[self.organisation.contractors]
        records = self.answer.profile.records.get(fact.id, ())
        for number, record in enumerate(records if isinstance(records, tuple) else (), 1):
            manager = self.of_place[self.organisation.department]
            label = self._place(self.organisation.contractor)
            details: list[tuple[str, str]] = []
            for id, field in fact.fields.items():
                value = record.get(id)
                if value is None:
                    continue
                if field.values is None:
                    absent = value == self.organisation.absent
                    details.append((field.label, self.places[value].label if absent else _one_line(value)))
                elif value not in self.functions:
                    label = capital(field.values[value].label)
                elif value in self.of_function:
                    manager = self.of_function[value]
                else:
                    details.append((field.label, field.values[value].label))
            self._add(
                Box(
                    f"contractor.{number}",
                    "contractor",
                    label,
                    manager,
                    staffing="contractor",
                    details=tuple(details),
                )
            )

    def _in_order(self) -> Iterator[Box]:
        """The boxes from the top, the reports of each after it; the company on top where it is needed."""
        department = self.of_place[self.organisation.department]
        if any(box.manager == COMPANY for box in self.boxes.values()):
            self.boxes[department] = self.boxes[department]._replace(manager=COMPANY)
            self._add(Box(COMPANY, "company", _("The company"), None))
        places = list(self.places)
        order = {self.of_place.get(place, ""): places.index(place) for place in reversed(places)}
        reports: dict[str | None, list[Box]] = {}
        for box in self.boxes.values():
            reports.setdefault(box.manager, []).append(box)
        for boxes in reports.values():
            boxes.sort(
                key=lambda box: (box.id == UNDECIDED, box.id != department, order.get(box.id, len(places)))
            )

        def below(manager: str | None) -> Iterator[Box]:
            for box in reports.get(manager, ()):
                yield box
                yield from below(box.id)

        return below(None)

    # --- dotted lines -------------------------------------------------------------------

    def _lines_today(self) -> tuple[list[DottedLine], list[tuple[str, str]]]:
        """The lines of today, and those to places that are not on the chart."""
        lines: list[DottedLine] = []
        elsewhere: list[tuple[str, str]] = []
        for function, source in self.of_function.items():
            said = self.facts.get(f"{self.organisation.dotted}.{function}")
            known = said if isinstance(said, frozenset) else frozenset()
            # A line to its own manager is drawn already, as the solid one; one to the team that it
            # comes into by the advice has had its day.
            drawn = {source, self.boxes[source].manager} if self.which == "present" else self._chain(source)
            for place in self.places:
                if place not in known or place == self.organisation.absent:
                    continue
                target = self.of_place.get(place)
                if target is None:
                    elsewhere.append((self.functions[function], self.places[place].label))
                elif target not in drawn:
                    lines.append(DottedLine(source, target, today=True))
        return lines, elsewhere

    def _lines_asked(self, lines: list[DottedLine]) -> tuple[list[DottedLine], list[str]]:
        """`lines` with those that the findings ask for, on the chart that is advised."""
        if self.which == "present":
            return lines, []
        rules = {rule.id: rule for _decision, rule in self.book.rules()}
        by_ends = {(line.source, line.target): line for line in lines}
        elsewhere: list[str] = []
        for finding in self.answer.findings:
            asked = rules[finding.rule].line
            if asked is None:
                continue
            source = self.of_function.get(asked.source)
            target = self.of_function.get(asked.target) or self.of_place.get(asked.target)
            if source is None or target is None or target in self._chain(source):
                elsewhere.append(finding.text)
                continue
            line = by_ends.get((source, target), DottedLine(source, target, today=False))
            by_ends[source, target] = line._replace(
                asked=finding.modality,
                inferred=finding.inferred,
                sources=self.book.added_by([finding.book]),
            )
        return list(by_ends.values()), elsewhere

    def _chain(self, id: str) -> set[str]:
        """A box and those above it: inside a team, no dotted line to it is needed."""
        chain: set[str] = set()
        above: str | None = id
        while above is not None:
            chain.add(above)
            above = self.boxes[above].manager
        return chain


def _labels(book: RulebookData, items: Iterable[str]) -> dict[str, str]:
    """Functions with their labels, from the list of the vocabulary that has them."""
    wanted = list(items)
    known = next(choices for choices in book.vocabulary.lists.values() if choices.keys() >= set(wanted))
    return {item: capital(known[item].label) for item in wanted}


def _one_line(text: str) -> str:
    """A person's text on one line, without what would steer a terminal or the direction of a text."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c) not in ("Cf", "Cs", "Cn")).split())
