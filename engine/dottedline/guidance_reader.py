"""Reads guidance items, and holds what rests on them against them."""

from __future__ import annotations

from .problems import Span
from .reading import Reading, Record
from .rulebook import MODALITIES, STRENGTH, GuidanceItem, Modality
from .values import Items, Value


class GuidanceReader:
    """The guidance items of a rulebook, and the checks that everything citing them shares."""

    def __init__(self, reading: Reading) -> None:
        self.problems = reading.problems
        self.reading = reading
        self.items: dict[int, GuidanceItem] = {}
        #: The place of every id, by what it names: rules and alternatives share their names, in the whole book.
        self.places: dict[str, dict[str, Span | None]] = {}

    def read(self, value: Value) -> None:
        """Reads one item."""
        reading = self.reading
        record = reading.record(
            value,
            "a guidance item",
            ["item", "modality", "says"],
            ["section", "role", "uses", "reading", "single_witness"],
        )
        number = reading.number(record, "item")
        if not isinstance(number, int):
            return
        record.what = f"guidance item {number}"
        self.once(str(number), "guidance items", record.span)
        self.items[number] = GuidanceItem(
            item=number,
            section=reading.plain(record, "section"),
            modality=self.modality(record) or "info",
            role=reading.plain(record, "role", "text"),
            says=reading.text(record, "says"),
            uses=tuple(word.text for word in reading.names(record, "uses")),
            reading=reading.text(record, "reading"),
            single_witness=reading.flag(record, "single_witness"),
        )

    def modality(self, record: Record) -> Modality | None:
        """The modality of a record, or None where it has none."""
        value = record.get("modality")
        if value is None:
            return None
        word = self.reading.choice(value, MODALITIES, f"`modality` of {record.what}")
        return word  # type: ignore[return-value]

    def bounded_modality(self, record: Record, guidance: tuple[int, ...]) -> Modality:
        """A modality, not firmer than that of the item that carries it."""
        modality = self.modality(record)
        if modality is None:
            if record.get("modality") is None:
                self.problems.add(f"{record.what} lacks `modality`", record.span)
            return "info"
        if not guidance:
            return modality
        span = record.entries["modality"].span
        carrier = self.items[guidance[0]]
        if STRENGTH.get(modality, 0) > STRENGTH.get(carrier.modality, 0):
            self.problems.add(
                f"`{modality}` is firmer than item {carrier.item}, which says `{carrier.modality}`",
                span,
                "the first guidance item carries the rule and bounds its modality",
            )
        if modality == "caution" and carrier.modality != "caution":
            self.problems.add(
                f"`caution` needs a caution item to carry it; item {carrier.item} is `{carrier.modality}`", span
            )
        if modality == "contested" and len(set(guidance)) < 2:
            self.problems.add("`contested` needs guidance items that speak for different outcomes", span)
        return modality

    def of(self, record: Record) -> tuple[int, ...]:
        """The items that a record cites, held against those that exist."""
        guidance = self.reading.guidance(record, self.items)
        given = record.get("guidance")
        if isinstance(given, Items) and not given.items:
            self.problems.add(f"{record.what} rests on no guidance item", given.span)
        return guidance

    def once(self, id: str, what: str, span: Span | None) -> None:
        self.reading.once(id, self.places.setdefault(what, {}), what, span)
