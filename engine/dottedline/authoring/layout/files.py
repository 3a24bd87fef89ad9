"""Laying out whole texts: which kind of file it is, and that nothing but its layout changes."""

from __future__ import annotations

from ...batch.mapping import MAPPING
from ...language import _
from ...problems import Problem, Problems, SourceText
from ...rulebook_shapes import RULEBOOK_FILE
from ...shapes import Kind, Shape, inside, of_several
from ...source import parse, without_pairs
from ...values import Entries, Items, Scalar, Value
from ...vocabulary_shapes import VOCABULARY_FILE
from ..testing.shapes import CASE_FILE
from .tree import comments_of, read
from .words import ambiguous
from .writing import written

#: The files of which the keys have an order; a profile keeps its own.
_SHAPES = (RULEBOOK_FILE, VOCABULARY_FILE, CASE_FILE, MAPPING)


def laid_out(source: SourceText, problems: Problems) -> str | None:
    """A YAML text in the layout of this project.

    The values that are read from it are the same, and so are its comments:
    that is checked, and where it were not so, there is a problem instead.

    Args:
        source: the text.
        problems: where what is wrong with it goes.

    Returns:
        The text laid out; None where it cannot be read.
    """
    count = len(problems.found)
    before = parse(source, problems)
    if before is None or len(problems.found) > count:
        return None
    shape = _shape_of(before)
    document = read(without_pairs(source.text.replace("\r\n", "\n").replace("\r", "\n"), []))
    comments = sorted(comment.text for comment in comments_of(document))
    text = written(document, shape)
    again = Problems()
    after = parse(SourceText(source.name, text), again)
    same = after is not None and not again.found and _same(before, after, shape)
    if not same or sorted(comment.text for comment in comments_of(read(text))) != comments:
        problems.append(Problem(_("`{file}` cannot be laid out without changing it").format(file=source.name)))
        return None
    return text


def _shape_of(value: Value) -> Shape | None:
    """The kind of file, as its keys tell; None for a profile."""
    if not isinstance(value, Entries):
        return None
    given = {key.text: item for key, item in value}
    for shape in _SHAPES:
        if given and given.keys() <= shape.keys.keys():
            # `rulebook: acme` is all that some profiles say.
            return None if isinstance(given.get("rulebook"), Scalar) else shape
    return None


def _same(before: Value, after: Value, kind: Kind | None) -> bool:
    """Whether two texts say the same; where a mapping has known keys, their order does not matter."""
    if isinstance(before, Scalar) and isinstance(after, Scalar):
        as_plain = before.plain == after.plain or not ambiguous(before.text)
        return before.text == after.text and as_plain
    if isinstance(before, Items) and isinstance(after, Items):
        of = inside(of_several(kind, True, set()), None).holds
        pairs = zip(before.items, after.items, strict=False)
        return len(before.items) == len(after.items) and all(_same(a, b, of) for a, b in pairs)
    if not (isinstance(before, Entries) and isinstance(after, Entries)):
        return False
    old = {key.text: value for key, value in before}
    new = {key.text: value for key, value in after}
    kind = of_several(kind, False, old.keys())
    if old.keys() != new.keys() or not (isinstance(kind, Shape) or list(old) == list(new)):
        return False
    return all(_same(value, new[key], inside(kind, key).holds) for key, value in old.items())
