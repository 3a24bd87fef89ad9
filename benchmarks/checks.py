"""How long it takes to check a rulebook, and how that grows with its rules; written into docs/performance.md.

python benchmarks/checks.py        measures, and writes the table
python benchmarks/checks.py --dry  measures, and prints it
"""

from __future__ import annotations

import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "batch"))

import many_rules  # noqa: E402

from dottedline.authoring.checking import report_on  # noqa: E402
from dottedline.authoring.checks import CHECKS  # noqa: E402
from dottedline.authoring.examined import Examined  # noqa: E402
from dottedline.loading import Read, read_as_far_as_can_be  # noqa: E402

PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- checks: written by benchmarks/checks.py -->", "<!-- checks: end -->"
TIMES = (1, 2, 4, 8)
TOO_LARGE = HERE.parent / "tests" / "bad" / "checks" / "D010-twelve_facts" / "rules" / "book"
ROUNDS = 3


class Measured(NamedTuple):
    """What it took to check one rulebook, in CPU seconds."""

    rules: int
    decisions: int
    reading: float
    checks: float
    slowest: str


def main() -> None:
    measured = [measure(times) for times in TIMES]
    rows = [
        f"| {m.rules} | {m.decisions} | {m.reading:.2f} s | {m.checks:.2f} s | {m.slowest} |" for m in measured
    ]
    refused, _report = _median(lambda: report_on(read_as_far_as_can_be(TOO_LARGE, None)), 1)
    text = "\n".join(
        [
            f"From `benchmarks/checks.py`: CPython {platform.python_version()}, one core, CPU seconds, "
            f"medians of {ROUNDS}.",
            "The first row is the shipped rulebook; in the others its decisions are there again, on other "
            "facts.",
            "",
            "| rules | decisions | reading the files | all checks | the slowest of them |",
            "|---|---|---|---|---|",
            *rows,
            "",
            f"That a decision is too large (`{TOO_LARGE.parents[1].name}` of the tests) is said after "
            f"{refused:.1f} s.",
        ]
    )
    print(text)
    if "--dry" not in sys.argv:
        head, _begin, rest = PAGE.read_text("utf-8").partition(BEGIN)
        _old, _end, tail = rest.partition(END)
        PAGE.write_text(f"{head.rstrip()}\n\n{BEGIN}\n\n{text}\n\n{END}{tail or chr(10)}", "utf-8")


def measure(times: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        rules, facts = many_rules.write(Path(folder), times)
        reading, read = _median(lambda: read_as_far_as_can_be(rules, facts))
        checks, report = _median(lambda: report_on(read))
        assert not report.diagnostics, report.diagnostics
        return Measured(report.rules, report.decisions, reading, checks, _slowest(read))


def _slowest(read: Read) -> str:
    """The check that takes longest, each on a rulebook of which nothing is worked out yet."""
    took = {}
    for code, check in CHECKS.items():
        assert read.data is not None
        book = Examined(read, read.data)
        for cases in (*book.units, *book.sourced):
            cases.all  # noqa: B018 - the tables that all of them look at
        took[code] = _median(lambda check=check, book=book: list(check.find(book)), 1)[0]
    code = max(took, key=took.__getitem__)
    return f"{code}, {took[code]:.2f} s"


def _median(call: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """The CPU seconds that a call takes, and what it gave last."""
    took = []
    for _round in range(rounds):
        begun = time.process_time()
        result = call()
        took.append(time.process_time() - begun)
    return statistics.median(took), result


if __name__ == "__main__":
    main()
