"""What a request says about itself and wants: media types and languages (RFC 9110)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from ..language import LANGUAGES, _, find
from ..problems import did_you_mean, listing
from .replies import Refusal

#: What asks for the language; it counts more than the header.
LANGUAGE = "lang"

#: So much of a header is looked at.
_LONGEST = 1000


def headers_of(scope: Mapping[str, Any]) -> dict[bytes, str]:
    """The headers of a request; several of one name are joined, as RFC 9110 has it."""
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


@lru_cache(maxsize=256)
def media_type(content_type: str | None) -> str:
    """The media type of a body, without its parameters."""
    return (content_type or "").partition(";")[0].strip().lower()


@lru_cache(maxsize=256)
def charset(content_type: str | None) -> str:
    """The encoding that a body says that it is in; empty where it says nothing."""
    for parameter in (content_type or "").split(";")[1:]:
        name, _sign, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


@lru_cache(maxsize=256)
def accepted(accept: str | None, offered: tuple[str, ...]) -> str | None:
    """The media type to send: of those offered, the first that is wanted most; None where none is wanted."""
    if accept is None or not accept.strip():
        return offered[0]
    wanted = list(_weighed(accept))
    best, chosen = 0.0, None
    for kind in offered:
        weight = _weight(kind, wanted)
        if weight > best:
            best, chosen = weight, kind
    return chosen


def _weight(kind: str, wanted: Sequence[tuple[str, float]]) -> float:
    """How much a type is wanted: what names it most closely says so."""
    for name in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        weights = [weight for range, weight in wanted if range == name]
        if weights:
            return max(weights)
    return 0.0


@lru_cache(maxsize=256)
def language_of(accept_language: str | None, usual: str) -> str:
    """The language to answer in: the first of those wanted most that there is, else the usual one."""
    for tag, weight in sorted(_weighed(accept_language or ""), key=lambda one: -one[1]):
        if weight > 0 and tag == "*":
            return usual
        if weight > 0 and (found := find(tag)):
            return found
    return usual


def _weighed(text: str) -> Iterator[tuple[str, float]]:
    """The names in a header, each with its weight (`q`)."""
    for part in text[:_LONGEST].split(","):
        name, *parameters = [word.strip() for word in part.split(";")]
        weight = 1.0
        for parameter in parameters:
            key, _sign, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        if name:
            yield name.lower(), weight


@lru_cache(maxsize=256)
def query(text: bytes, known: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The parameters of a query; not to be changed.

    Raises:
        Refusal: where one is not known.
    """
    found: dict[str, tuple[str, ...]] = {}
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise Refusal(400, _("the query of the address cannot be read")) from None
    for name, value in pairs:
        if name not in known:
            help = did_you_mean(name, known, _("they are {names}").format(names=listing(known)))
            raise Refusal(400, _("there is no parameter `{name}`").format(name=name), help)
        found[name] = (*found.get(name, ()), value)
    return found


def language_asked(tag: str) -> str:
    """The language that a query asks for.

    Raises:
        Refusal: where there is no such language.
    """
    found = find(tag)
    if found is None:
        told = _("there is no language `{language}`").format(language=tag)
        raise Refusal(400, told, _("there are {known}").format(known=listing(list(LANGUAGES))))
    return found
