"""Memory over many consults of companies that are all different: it must level off."""

from __future__ import annotations

import os
import sys
import time
from itertools import islice

from companies import stream

import dottedline

CONSULTS = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
STEP = max(1, CONSULTS // 10)


def resident_mib() -> float:
    """Memory of this process, in MiB (Linux)."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    book = dottedline.load()
    print(f"{'consults':>9}  {'MiB':>6}  {'ms each':>7}")
    print(f"{0:>9}  {resident_mib():6.1f}")
    asked = stream(book, seed=2)
    for done in range(STEP, CONSULTS + 1, STEP):
        start = time.perf_counter()
        for facts in islice(asked, STEP):
            book.consult(facts)
        each = (time.perf_counter() - start) / STEP * 1000
        print(f"{done:>9}  {resident_mib():6.1f}  {each:7.2f}", flush=True)


if __name__ == "__main__":
    main()
