"""Keeps the table of all keys in `docs/rule-language.md` as the readers know them.

`python docs/language.py` writes it, with `--check` it only says whether it is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from dottedline import rulebook_shapes, vocabulary_shapes
from dottedline.codes import ALLOWABLE
from dottedline.files import write_whole
from dottedline.rulebook import MODALITIES
from dottedline.shapes import Either, Kind, ListOf, MapOf, OneOf, Plain, Shape

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "rule-language.md"
BEGIN, END = "<!-- all keys: made by docs/language.py -->\n", "<!-- end of all keys -->\n"

FILES = (rulebook_shapes.RULEBOOK_FILE, vocabulary_shapes.VOCABULARY_FILE)

_PLAIN = {
    Plain.TEXT: "text",
    Plain.WORD: "word",
    Plain.VALUE: "word",
    Plain.NAME: "name",
    Plain.YES_NO: "yes or no",
    Plain.NUMBER: "number",
    Plain.GIVEN: "value",
    Plain.WORDS: "words",
    Plain.GUIDANCE: "items",
    Plain.CONDITION: "condition",
}


def shapes(kind: Kind) -> Iterator[Shape]:
    """Every shape in a kind, each after the one that it is first met in."""
    if isinstance(kind, Shape):
        yield kind
        for key in kind.keys.values():
            yield from shapes(key.holds)
    elif isinstance(kind, ListOf | MapOf):
        yield from shapes(kind.of)
    elif isinstance(kind, Either):
        for each in kind.kinds:
            yield from shapes(each)


def name(shape: Shape) -> str:
    """How the page calls a shape: as messages do."""
    return shape.what.format(key=shape.of)


def words(kind: Kind) -> str:
    """What a key holds, in words."""
    if isinstance(kind, Shape):
        return name(kind)
    if isinstance(kind, OneOf):
        known = {ALLOWABLE: "a code", MODALITIES: "a modality"}
        return known.get(kind.words, ", ".join(f"`{word}`" for word in kind.words))
    if isinstance(kind, ListOf):
        return f"list of {words(kind.of)}"
    if isinstance(kind, MapOf):
        return f"names, each with {words(kind.of)}"
    if isinstance(kind, Either):
        return " or ".join(dict.fromkeys(words(each) for each in kind.kinds))
    return _PLAIN[kind]


def all_shapes() -> list[Shape]:
    """Every kind of mapping that there is in the files, once."""
    return list({id(shape): shape for file in FILES for shape in shapes(file)}.values())


def table() -> str:
    """The tables: one for each kind of mapping."""
    lines = []
    for shape in all_shapes():
        lines += [f"**{name(shape)}**", "", "| key | holds | |", "|---|---|---|"]
        for key, entry in shape.keys.items():
            needed = ", needed" if entry.required else ""
            lines.append(f"| `{key}` | {words(entry.holds)}{needed} | {entry.says} |")
        lines.append("")
    return "\n".join(lines)


def fresh(text: str) -> str:
    """The page with the table made anew."""
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}{END}{after}"


def main() -> int:
    """Writes the page, or with `--check` says whether it is stale."""
    text = PAGE.read_text(encoding="utf-8")
    made = fresh(text)
    if "--check" in sys.argv[1:]:
        if made != text:
            print(f"{PAGE.relative_to(ROOT)} is stale: run `python docs/language.py`")
        return int(made != text)
    write_whole(PAGE, made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
