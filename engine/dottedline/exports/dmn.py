"""The tables as DMN 1.3: a decision requirements graph with a decision table for each decision.

What goes in is a profile, families as contexts: `current.bdr`. What comes out
is a context for each decision, under the names that `consult` has for its
parts. The sources of its rules are its authority.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple
from xml.etree import ElementTree as ET

from ..conditions import FactValue
from ..results import DecisionResult, FindingResult
from ..vocabulary import Fact
from . import feel
from .dmn_layout import Graph, draw
from .tables import Gives, Table, Tables
from .tabular import gives_to_dict, rules_named, rules_to_dict

#: Version 1.3: the newest that the modeller of dmn.io reads, and one that engines read.
_SPEC = "https://www.omg.org/spec/DMN/20191111/"
_NAMESPACES = {
    "xmlns": f"{_SPEC}MODEL/",
    "xmlns:dmndi": f"{_SPEC}DMNDI/",
    "xmlns:dc": "http://www.omg.org/spec/DMN/20180521/DC/",
    "xmlns:di": "http://www.omg.org/spec/DMN/20180521/DI/",
}

_TYPES = {"yes_no": "boolean", "number": "number", "choice": "string", "set": "string"}

#: The types of the parts of what a table gives; all others are texts.
_PARTS = {
    "options": "options",
    "rules": "texts",
    "overridden": "texts",
    "remarks": "texts",
    "rules_are_alternatives": "boolean",
    "inferred": "boolean",
    "given": "boolean",
}


class _Datum(NamedTuple):
    """An input of the graph: a fact, or a family of facts."""

    id: str
    name: str
    facts: tuple[Fact, ...]
    is_family: bool


def tables_dmn(tables: Tables) -> str:
    """The tables as a DMN model, with its diagram."""
    return _Model(tables).text()


class _Model:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.reasons = {id: told["because"] for id, told in rules_to_dict(tables).items()}
        families: dict[str, list[Fact]] = {}
        for fact in tables.facts:
            families.setdefault(fact.family or fact.id, []).append(fact)
        results = [table for table in tables.tables if table.kind != "contradiction"]
        named = {"derived": "derived_", "finding": "finding_"}
        own = {(table.kind, table.id): named.get(table.kind, "") + table.id for table in results}
        #: All names of the graph are in one space; facts come first, since people write their names.
        known = feel.names([*families, *own.values(), "contradictions", "impossible"])
        self.data = {
            id: _Datum(id, known[id], tuple(facts), facts[0].family is not None)
            for id, facts in families.items()
        }
        self.decisions = {key: known[id] for key, id in own.items()}
        self.contradictions, self.impossible = known["contradictions"], known["impossible"]
        self.members = {
            id: feel.names([fact.item or fact.id for fact in datum.facts]) for id, datum in self.data.items()
        }
        self.graph = Graph()

    def text(self) -> str:
        book = self.tables.book
        root = ET.Element(
            "definitions",
            {
                **_NAMESPACES,
                "id": "definitions",
                "name": book.id,
                "namespace": f"urn:dottedline:{book.id}",
                "expressionLanguage": f"{_SPEC}FEEL/",
                "exporter": "dottedline",
            },
        )
        about = f"{book.title}. Rulebook {book.id} {book.version}, sha256 {book.sha256}."
        _child(root, "description", about)
        self._types(root)
        for datum in self.data.values():
            self._datum(root, datum)
        for one in book.books.values():
            source = one.source
            id = f"source.{one.id}"
            # Some engines take no colon in a name, so that the title stands as it is in the description.
            authority = _child(root, "knowledgeSource", id=id, name=re.sub(r"[^\w\s-]", "", source.title))
            _child(authority, "description", f"{source.title} ({source.date}). {source.note}".strip())
            self.graph.sources.append(id)
        for table in self.tables.of("decision", "derived", "finding"):
            self._decision(root, table)
        self._contradictions(root)
        self._impossible(root)
        draw(root, self.graph)
        _indent(root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"

    # -- what goes in ------------------------------------------------------------------

    def _types(self, root: ET.Element) -> None:
        """What facts can be, and what tables give."""
        for datum in self.data.values():
            if datum.is_family:
                item = _child(root, "itemDefinition", name=self._type(datum))
                for fact in datum.facts:
                    name = self.members[datum.id][fact.item or fact.id]
                    _value_type(_child(item, "itemComponent", name=name), fact)
            elif datum.facts[0].type in ("choice", "set", "number"):
                _value_type(_child(root, "itemDefinition", name=self._type(datum)), datum.facts[0])
        _child(_child(root, "itemDefinition", name="texts", isCollection="true"), "typeRef", "string")
        options = _child(root, "itemDefinition", name="options", isCollection="true")
        for part in ("outcome", "modality", "rule"):
            _child(_child(options, "itemComponent", name=part), "typeRef", "string")
        for name, parts in (("advice", DecisionResult._fields), ("found", FindingResult._fields)):
            given = _child(root, "itemDefinition", name=name)
            for part in parts:
                _child(_child(given, "itemComponent", name=part), "typeRef", _PARTS.get(part, "string"))

    def _type(self, datum: _Datum) -> str:
        if not datum.is_family and datum.facts[0].type == "yes_no":
            return "boolean"
        return f"type_of_{datum.name}"

    def _datum(self, root: ET.Element, datum: _Datum) -> None:
        fact = datum.facts[0]
        label = datum.name if datum.is_family else fact.label
        element = _child(root, "inputData", id=f"input.{datum.name}", name=datum.name, label=label)
        if not datum.is_family:
            _child(element, "description", fact.question)
        _child(element, "variable", id=f"variable.{datum.name}", name=datum.name, typeRef=self._type(datum))
        self.graph.inputs.append(f"input.{datum.name}")

    def _path(self, fact: Fact) -> str:
        """How FEEL asks for a fact."""
        datum = self.data[fact.family or fact.id]
        return f"{datum.name}.{self.members[datum.id][fact.item or fact.id]}" if datum.is_family else datum.name

    # -- what comes out ----------------------------------------------------------------

    def _decision(self, root: ET.Element, table: Table) -> None:
        assert table.decision is not None
        name = self.decisions[table.kind, table.id]
        is_finding = table.kind == "finding"
        element = self._element(
            root, name, table.decision.title, "found" if is_finding else "advice", table.inputs
        )
        if table.decision.asks:
            element.insert(1, _text("question", table.decision.asks))
        if not is_finding:
            labels = ", ".join(outcome.id for outcome in table.decision.outcomes.values())
            element.insert(2, _text("allowedAnswers", labels))
        parts = FindingResult._fields if is_finding else DecisionResult._fields
        if not table.inputs:
            # Nothing is asked: what it gives is always the same, and engines take no table without a column.
            gives = dict(zip(parts, _parts(table.lines[0].gives, parts), strict=True))
            text = ", ".join(f"{part}: {value}" for part, value in gives.items())
            constant = _child(element, "literalExpression", id=f"{name}.constant")
            _child(constant, "text", f"{{{text}}}")
            return
        body = self._table(element, name, "UNIQUE", table.inputs)
        for part in parts:
            _child(body, "output", id=f"{name}.{part}", name=part, typeRef=_PARTS.get(part, "string"))
        for n, line in enumerate(table.lines, 1):
            reason = " ".join(self.reasons[rule] for rule in rules_named(line.gives)[:1])
            asks = {id: feel.unary_tests(asked) for id, asked in line.when.items()}
            _rule(body, f"{name}.{n}", reason, table.inputs, asks, _parts(line.gives, parts))

    def _contradictions(self, root: ET.Element) -> None:
        """A table that collects the constraints that are broken."""
        rows = []
        for table in self.tables.of("contradiction"):
            assert table.constraint is not None
            for line in table.lines:
                if line.gives:
                    asks = {id: feel.unary_tests(asked) for id, asked in line.when.items()}
                    rows.append((table.constraint.says, asks, table.id))
        self._collected(root, self.contradictions, rows)

    def _impossible(self, root: ET.Element) -> None:
        """A table that collects the facts with a value that they cannot have."""
        bad = {fact.id: feel.cannot_be(fact) for fact in self.tables.facts}
        self._collected(root, self.impossible, [("", {id: text}, id) for id, text in bad.items() if text])

    def _collected(self, root: ET.Element, name: str, rows: list[tuple[str, dict[str, str], str]]) -> None:
        if not rows:
            return
        asked = {id for _says, asks, _gives in rows for id in asks}
        inputs = tuple(fact for fact in self.tables.facts if fact.id in asked)
        body = self._table(self._element(root, name, "", "texts", inputs), name, "COLLECT", inputs)
        _child(body, "output", id=f"{name}.id")
        for n, (says, asks, gives) in enumerate(rows, 1):
            _rule(body, f"{name}.{n}", says, inputs, asks, [feel.literal(gives)])

    def _element(
        self,
        root: ET.Element,
        name: str,
        title: str,
        type: str,
        inputs: tuple[Fact, ...],
        books: Collection[str] = (),
    ) -> ET.Element:
        """A decision with what it requires, and the books whose sources are its authority."""
        element = _child(root, "decision", id=name, name=name)
        if title:
            _child(element, "description", title)
        _child(element, "variable", id=f"variable.{name}", name=name, typeRef=type)
        for n, id in enumerate(dict.fromkeys(fact.family or fact.id for fact in inputs)):
            edge, datum = f"{name}.requires.{n}", f"input.{self.data[id].name}"
            _child(_child(element, "informationRequirement", id=edge), "requiredInput", href=f"#{datum}")
            self.graph.requires.append((edge, datum, name))
        for book in books:
            edge, source = f"{name}.after.{book}", f"source.{book}"
            _child(_child(element, "authorityRequirement", id=edge), "requiredAuthority", href=f"#{source}")
            self.graph.requires.append((edge, source, name))
        self.graph.decisions.append(name)
        return element

    def _table(self, element: ET.Element, name: str, policy: str, inputs: tuple[Fact, ...]) -> ET.Element:
        body = _child(element, "decisionTable", id=f"{name}.table", hitPolicy=policy)
        for n, fact in enumerate(inputs):
            column = _child(body, "input", id=f"{name}.in.{n}", label=fact.label)
            type = {"set": "texts"}.get(fact.type, _TYPES[fact.type])
            asked = _child(column, "inputExpression", id=f"{name}.in.{n}.asks", typeRef=type)
            _child(asked, "text", self._path(fact))
        return body


def _parts(gives: Gives, parts: tuple[str, ...]) -> list[str]:
    told = gives_to_dict(gives) or {}
    return [feel.literal(told.get(part)) for part in parts]


def _rule(
    body: ET.Element,
    id: str,
    reason: str,
    inputs: tuple[Fact, ...],
    asks: Mapping[str, str],
    outputs: list[str],
) -> None:
    rule = _child(body, "rule", id=id)
    if reason:
        _child(rule, "description", reason)
    for fact in inputs:
        _child(_child(rule, "inputEntry"), "text", asks.get(fact.id, "-"))
    for text in outputs:
        _child(_child(rule, "outputEntry"), "text", text)


def _value_type(element: ET.Element, fact: Fact) -> None:
    """What a fact can be; null, which is unknown, it can always be."""
    if fact.type == "set":
        element.set("isCollection", "true")
    _child(element, "typeRef", _TYPES[fact.type])
    allowed: list[FactValue] | None = list(fact.values)
    text = ", ".join(map(feel.literal, allowed or ()))
    if fact.type == "number" and fact.minimum is not None:
        text = f">= {fact.minimum}" if fact.maximum is None else f"[{fact.minimum}..{fact.maximum}]"
    if text:
        _child(_child(element, "allowedValues"), "text", text)


def _indent(root: ET.Element) -> None:
    """An element on a line, and a cell of a table on one too."""
    ET.indent(root, " ")
    for cell in root.iter():
        if cell.tag in ("inputEntry", "outputEntry"):
            cell.text = cell[-1].tail = None


def _child(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, attributes)
    child.text = text
    return child


def _text(tag: str, text: str) -> ET.Element:
    element = ET.Element(tag)
    element.text = text
    return element
