"""Columns as texts: for the cells of a CSV file, and as JSON."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

#: What stands between the elements of a list in a cell.
BETWEEN = "; "

#: How a cell begins that a spreadsheet takes for a formula, unless it is a number.
_FORMULA = r"^[=+\-@\t\r\n]"
_NUMBER = r"^[+\-]?[0-9]*[.,]?[0-9]+([eE][+\-]?[0-9]+)?$"


def texts(array: pa.Array, guarded: bool = False) -> pa.StringArray:
    """The values as texts of cells; what is missing stays so.

    Args:
        array: the values.
        guarded: puts an apostrophe before what a spreadsheet would take for a formula.
    """
    found = _texts(array)
    if not guarded:
        return found
    formula = pc.and_not(pc.match_substring_regex(found, _FORMULA), pc.match_substring_regex(found, _NUMBER))
    return pc.if_else(formula, pc.binary_join_element_wise("'", found, ""), found)


def _texts(array: pa.Array) -> pa.StringArray:
    type = array.type
    if pa.types.is_dictionary(type):
        return _texts(array.dictionary).take(array.indices)
    if pa.types.is_list(type) and not pa.types.is_nested(type.value_type):
        return _lists_joined(array, _texts(array.values), BETWEEN)
    if pa.types.is_nested(type):
        return json_texts(array, missing=None)
    if pa.types.is_string(type):
        return array
    try:
        return array.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        # What pyarrow has no text for, such as bytes that are none, Python has one for.
        return pa.array([None if value is None else str(value) for value in array.to_pylist()], pa.string())


def json_texts(array: pa.Array, missing: str | None = "null") -> pa.StringArray:
    """The values as JSON.

    Args:
        array: the values.
        missing: what stands for those that are missing.
    """
    type = array.type
    if pa.types.is_list(type):
        inside = _lists_joined(array, json_texts(array.values), ",")
        found = pc.binary_join_element_wise("[", inside, "]", "")
    elif pa.types.is_nested(type):
        found = _dumped(array)
    else:
        # Each value that occurs is written once.
        if not pa.types.is_dictionary(type):
            array = array.dictionary_encode()
        found = _dumped(array.dictionary).take(array.indices)
    return found if missing is None else found.fill_null(missing)


def _dumped(array: pa.Array) -> pa.StringArray:
    return pa.array([_json(value) for value in array.to_pylist()], pa.string())


def _json(value: object) -> str | None:
    if value is None or value != value:  # JSON knows no NaN
        return None
    return json.dumps(value, ensure_ascii=False, default=str)


def _lists_joined(array: pa.ListArray, elements: pa.StringArray, between: str) -> pa.StringArray:
    """A text for each list of an array, made of the texts of all its elements."""
    joined = pc.binary_join(pa.ListArray.from_arrays(array.offsets, elements), between)
    return pc.if_else(pc.is_null(array), None, joined) if array.null_count else joined
