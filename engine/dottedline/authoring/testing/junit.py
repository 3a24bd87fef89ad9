"""Results of cases in the format of JUnit, which CI systems show."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from .running import Result, Run
from .words import located, miss_in_words


def junit(run: Run, book: str) -> str:
    """A report with a suite for each file of cases.

    Args:
        run: what became of the cases.
        book: the id of the rulebook.
    """
    root = ET.Element("testsuites", {"name": book, **_counts(run.results)})
    files: dict[str, list[Result]] = {}
    for result in run.results:
        files.setdefault(result.case.file, []).append(result)
    for file, results in files.items():
        suite = ET.SubElement(root, "testsuite", {"name": _xml(file), **_counts(results)})
        for result in results:
            _case(suite, book, result)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case(suite: ET.Element, book: str, result: Result) -> None:
    case = result.case
    place = {} if case.span is None else {"file": _xml(case.file), "line": str(case.span.line)}
    about = {"name": case.name, "classname": book, "time": _seconds([result])}
    element = ET.SubElement(suite, "testcase", {**about, **place})
    if result.passed:
        return
    told = [located(miss_in_words(miss), miss.expected.span) for miss in result.misses]
    failure = ET.SubElement(element, "failure", message=_xml(case.says), type="case")
    failure.text = _xml("\n".join(told))


def _counts(results: Iterable[Result]) -> dict[str, str]:
    results = list(results)
    failures = sum(not result.passed for result in results)
    return {"tests": str(len(results)), "failures": str(failures), "errors": "0", "time": _seconds(results)}


def _seconds(results: Iterable[Result]) -> str:
    return f"{sum(result.seconds for result in results):.3f}"


def _xml(text: str) -> str:
    """A text without the characters that XML does not allow."""
    return "".join(c if c in "\t\n\r" or c >= " " else " " for c in text)
