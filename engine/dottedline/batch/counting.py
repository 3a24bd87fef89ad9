"""What is counted while tables are evaluated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc


class Counts:
    """How many companies there were, and how they came out."""

    def __init__(self) -> None:
        #: The companies that have a result.
        self.companies = 0
        #: The rows that have none.
        self.rejected = 0
        #: The files that were left as they were.
        self.skipped = 0
        #: For each decision: its outcomes, or, where there is none, its statuses.
        self.decisions: dict[str, Counter[str]] = {}
        #: For each finding: the companies that it shows for.
        self.findings: Counter[str] = Counter()

    def add(self, results: pa.RecordBatch) -> None:
        """Counts the results of a batch."""
        self.companies += results.num_rows
        for name in results.schema.names:
            id, _dot, part = name.rpartition(".")
            if part == "outcome":
                outcomes = results.column(name).dictionary_decode()
                statuses = results.column(f"{id}.status").dictionary_decode()
                counter = self.decisions.setdefault(id, Counter())
                counter.update(_counted(pc.coalesce(outcomes, statuses)))
        self.findings.update(_counted(results.column("findings").flatten()))


def _counted(array: pa.Array) -> Mapping[str, int]:
    """How often each value occurs."""
    found = pc.value_counts(array)
    values = found.field("values")
    words = values.dictionary_decode() if pa.types.is_dictionary(values.type) else values
    pairs = zip(words.to_pylist(), found.field("counts").to_pylist(), strict=True)
    return {value: count for value, count in pairs if value is not None}
