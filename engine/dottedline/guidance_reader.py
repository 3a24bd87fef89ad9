"""Reads guidance items, and holds what rests on them against them."""

from __future__ import annotations

from .codes import FIRMER
from .language import N_, _
from .problems import Span
from .reading import ItemId, Reading, Record
from .rulebook import MODALITIES, STRENGTH, GuidanceItem, Modality
from .rulebook_shapes import ITEM
from .values import Items, Value


class GuidanceReader:
    """The guidance items of a rulebook, and the checks that everything citing them shares."""

    def __init__(self, reading: Reading) -> None:
        self.problems = reading.problems
        self.reading = reading
        self.items: dict[ItemId, GuidanceItem] = {}
        #: The place of every id, by what is said of one that names two things: rules and alternatives
        #: share their names, in the whole book.
        self.places: dict[tuple[str, str], dict[str, Span | None]] = {}

    def read(self, value: Value) -> None:
        """Reads one item."""
        reading = self.reading
        record = reading.shaped(value, ITEM)
        number = reading.number(record, "item")
        if not isinstance(number, int):
            return
        record.what = _("guidance item {number}").format(number=number)
        book = reading.book_of(record.span)
        item = reading.item_of(number, book)
        self.once(str(item), N_("`{id}` names two guidance items"), record.span)
        reading.allow(record, "item", str(item))
        self.items[item] = GuidanceItem(
            item=item,
            section=reading.plain(record, "section"),
            modality=self.modality(record) or "info",
            role=reading.plain(record, "role", "text"),
            says=reading.text(record, "says"),
            uses=tuple(word.text for word in reading.names(record, "uses")),
            reading=reading.text(record, "reading"),
            single_witness=reading.flag(record, "single_witness"),
            book=book,
        )

    def modality(self, record: Record) -> Modality | None:
        """The modality of a record, or None where it has none."""
        value = record.get("modality")
        if value is None:
            return None
        word = self.reading.choice(value, MODALITIES, record.part("modality"))
        return word  # type: ignore[return-value]

    def bounded_modality(self, record: Record, guidance: tuple[ItemId, ...]) -> Modality:
        """A modality, not firmer than that of the item that carries it."""
        modality = self.modality(record)
        if modality is None:
            return "info"
        if not guidance:
            return modality
        span = record.entries["modality"].span
        carrier = self.items[guidance[0]]
        if STRENGTH.get(modality, 0) > STRENGTH.get(carrier.modality, 0):
            self.problems.add(
                _("`{modality}` is firmer than item {number}, which says `{bound}`").format(
                    modality=modality, number=carrier.item, bound=carrier.modality
                ),
                span,
                _("the first guidance item carries the rule and bounds its modality"),
                code=FIRMER,
            )
        if modality == "caution" and carrier.modality != "caution":
            self.problems.add(
                _("`caution` needs a caution item to carry it; item {number} is `{modality}`").format(
                    number=carrier.item, modality=carrier.modality
                ),
                span,
                code=FIRMER,
            )
        if modality == "contested" and len(set(guidance)) < 2:
            told = _("`contested` needs guidance items that speak for different outcomes")
            self.problems.add(told, span, code=FIRMER)
        return modality

    def of(self, record: Record) -> tuple[ItemId, ...]:
        """The items that a record cites, held against those that exist."""
        guidance = self.reading.guidance(record, self.items)
        given = record.get("guidance")
        if isinstance(given, Items) and not given.items:
            self.problems.add(_("{what} rests on no guidance item").format(what=record.what), given.span)
        return guidance

    def once(self, id: str, twice: str, span: Span | None, what: str = "") -> None:
        """Remembers an id, and reports one that was seen before: see `Reading.once`."""
        self.reading.once(id, self.places.setdefault((twice, what), {}), twice, span, what)
