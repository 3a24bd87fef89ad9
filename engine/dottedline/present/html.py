"""Pages of HTML as trees of elements: what is put in is escaped when they are written."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

Element = ET.Element

#: What no document can hold.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """A text without what no document can hold: control characters and halves of surrogate pairs."""
    return _UNPRINTABLE.sub("\ufffd", text)


def element(tag: str, *content: Element | str, **attributes: str) -> Element:
    """An element; attributes without a value are left out.

    `class_` is the attribute `class`, `view_box` is `viewBox`; in others `_` stands for `-`.
    """
    names = {"class_": "class", "view_box": "viewBox"}
    made = Element(
        tag, {names.get(name, name.replace("_", "-")): value for name, value in attributes.items() if value}
    )
    append(made, *content)
    return made


def append(to: Element, *content: Element | str) -> None:
    """Puts more into an element."""
    for part in content:
        if isinstance(part, Element):
            to.append(part)
            continue
        text = printable(part)
        if len(to):
            to[-1].tail = (to[-1].tail or "") + text
        else:
            to.text = (to.text or "") + text


def page(title: str, style: str, language: str, *content: Element) -> str:
    """A document that needs nothing beside itself."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", style),
    )
    html = element("html", head, element("body", element("main", *content)), lang=language.replace("_", "-"))
    return f"<!DOCTYPE html>\n{ET.tostring(html, encoding='unicode', method='html')}\n"


def inline(svg: bytes, prefix: str) -> ET.Element:
    """A drawing as part of the page: ids of its own, no namespaces, as wide as there is room."""
    drawn = ET.fromstring(svg)
    for part in drawn.iter():
        part.tag = part.tag.rpartition("}")[2]
        if "id" in part.attrib:
            part.set("id", f"{prefix}-{part.attrib['id']}")
        for child in [child for child in part if child.tag.endswith("}title")]:
            # Names of nodes, which a browser would show beside the pointer.
            part.remove(child)
    for measure in ("width", "height"):
        drawn.attrib.pop(measure, None)
    return drawn
