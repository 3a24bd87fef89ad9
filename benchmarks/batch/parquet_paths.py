"""From a Parquet file of companies to a Parquet file of advice, the same columns out of the same columns.

    python parquet_paths.py ours|command|polars|floor INPUT OUTPUT [RESULTS]

runs one of them alone, in one thread, and prints the CPU seconds and the peak of memory (MiB) of it.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

os.environ["POLARS_MAX_THREADS"] = "1"

import pyarrow as pa
import pyarrow.parquet as pq

import dottedline
from dottedline.batch.evaluation import Evaluator
from dottedline.batch.parquet import Parquet

#: How results are packed, by all: fast, and what pyarrow does unless told otherwise.
COMPRESSION = "snappy"

#: The companies that we evaluate together, and those of a row group of results.
BATCH = 16_384
GROUP = 131_072

#: Values that pyarrow encodes at once; its own default of 1,024 takes a third longer.
WRITTEN = GROUP


def ours(
    evaluator: Evaluator, columns: Sequence[str], source: Path, target: Path, results: Sequence[str]
) -> None:
    """Reads, evaluates and writes as the command does, the columns of results that peers have too."""
    schema = pa.schema([evaluator.schema.field(name) for name in results])
    with pq.ParquetWriter(target, schema, compression=COMPRESSION, write_batch_size=WRITTEN) as writer:
        waiting: list[pa.RecordBatch] = []
        for batch in batches(source, columns):
            evaluated = evaluator.evaluate(batch)
            assert not evaluated.rejects
            waiting.append(evaluated.results.select(results))
            if len(waiting) * BATCH >= GROUP:
                writer.write_table(pa.Table.from_batches(waiting), row_group_size=GROUP)
                waiting = []
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting), row_group_size=GROUP)


def command(source: Path, target: Path) -> None:
    """`dottedline evaluate`: every column read and checked, every column of results, questions included."""
    from dottedline.cli import main

    try:
        main(["evaluate", str(source), "-o", str(target), "--jobs", "1", "--quiet"])
    except SystemExit as done:
        assert not done.code, done.code


def polars(source: Path, target: Path) -> None:
    """Lazily, in the streaming engine; polars reads the columns that it needs."""
    import polars as pl
    from polars_expressions import advice

    pl.scan_parquet(source).select(advice()).sink_parquet(
        target, compression=COMPRESSION, row_group_size=GROUP, engine="streaming"
    )


def floor(columns: Sequence[str], source: Path, target: Path, results: pa.Table) -> None:
    """What pyarrow needs to read the same columns and to write the results, which are there already."""
    for _batch in batches(source, columns):
        pass
    pq.write_table(results, target, compression=COMPRESSION, row_group_size=GROUP, write_batch_size=WRITTEN)


def batches(source: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The companies in a file, as dottedline reads them: each different text once, row group by row group."""
    with source.open("rb") as file:
        yield from Parquet(file, BATCH).batches(list(columns))


def one_thread() -> None:
    """Keeps pyarrow to the thread that calls it."""
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)


def peak_mib() -> float:
    """The most memory that this process had so far."""
    status = Path("/proc/self/status")
    if status.exists():
        # What `getrusage` tells is at least what the process that started this one had.
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def main(which: str, source: Path, target: Path, results: Path | None = None) -> None:
    """Runs one of them."""
    from answers import shape_of
    from inputs import asked_of
    from ours import evaluator

    one_thread()
    runs: dict[str, Callable[[], Callable[[], None]]] = {
        "ours": lambda: _ours(source, target),
        "command": lambda: lambda: command(source, target),
        "polars": lambda: lambda: polars(source, target),
        "floor": lambda: _floor(source, target, results),
    }

    def _ours(source: Path, target: Path) -> Callable[[], None]:
        book = dottedline.load()
        made = evaluator(book, asked_of(book))
        return lambda: ours(made, asked_of(book), source, target, shape_of(book).columns)

    def _floor(source: Path, target: Path, results: Path | None) -> Callable[[], None]:
        assert results is not None
        table = pq.read_table(results)
        columns = asked_of(dottedline.load())
        return lambda: floor(columns, source, target, table)

    run = runs[which]()
    start = time.process_time()
    run()
    print(f"{time.process_time() - start:.3f} {peak_mib():.0f}")


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
