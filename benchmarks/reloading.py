"""How long a consult takes while its rulebook is read anew all the time, beside how long it takes otherwise."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from companies import stream

import dottedline

ROOT = Path(__file__).parents[1]
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0


def measured(rulebooks: dottedline.Reloading, companies: Iterator[dict[str, object]], seen: bool) -> str:
    """The times of many consults, one after the other: of one company seen before, or of others."""
    company, times = next(companies), []
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        if not seen:
            company = next(companies)
        start = time.perf_counter()
        rulebooks.current.consult(company)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    at = [times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.99, 1)]
    return f"{len(times):>8}  {at[0]:8.2f}  {at[1]:8.2f}  {at[2]:8.1f}"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("rules", "facts"):
            shutil.copytree(ROOT / kind, Path(folder) / kind)
        rules = Path(folder) / "rules" / "b2b_marketing"
        rulebooks = dottedline.Reloading(rules, every=0)
        companies = stream(rulebooks.current, seed=5)
        print(f"{'':34}  {'consults':>8}  {'p50 ms':>8}  {'p99 ms':>8}  {'most ms':>8}")
        for seen in (True, False):
            name = "a company seen before" if seen else "others"
            print(f"{name:34}  {measured(rulebooks, companies, seen)}")
            done, states = threading.Event(), 0

            def follow(done: threading.Event = done) -> None:
                nonlocal states
                path = next(iter(sorted(rules.glob("*.yaml"))))
                while not done.is_set():
                    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
                    states += rulebooks.refresh()

            thread = threading.Thread(target=follow)
            thread.start()
            told = measured(rulebooks, companies, seen)
            done.set()
            thread.join()
            print(f"{'the same, ' + str(states) + ' new states meanwhile':34}  {told}")


if __name__ == "__main__":
    main()
