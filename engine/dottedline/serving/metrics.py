"""What is counted, for Prometheus. Nothing here tells of a company."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from ..library import Rulebook

#: The media type of Prometheus's text format.
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

#: The label of every path that is none of ours.
OTHER = "other"

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one server.

    Args:
        paths: the paths that have a label of their own.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        disable_created_metrics()  # when a counter began, nobody asks
        self._registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)
        self._requests = Counter(
            "dottedline_requests", "Requests by path and status.", ["path", "status"], registry=self._registry
        )
        seconds = Histogram(
            "dottedline_request_seconds",
            "How long a request took, from its head to the end of the reply.",
            ["path"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.in_progress = Gauge(
            "dottedline_requests_in_progress", "Requests that are being answered.", registry=self._registry
        )
        self.remembered = Counter(
            "dottedline_remembered", "Answers that were given from memory.", registry=self._registry
        )
        self.memory = Gauge(
            "dottedline_memory_bytes", "What the answers take that are remembered.", registry=self._registry
        )
        self.connections = Gauge("dottedline_connections", "Open connections.", registry=self._registry)
        self.refused_connections = Counter(
            "dottedline_refused_connections",
            "Connections that were ended before there was a request: too many, too slow, or not HTTP.",
            registry=self._registry,
        )
        self.rows = Counter(
            "dottedline_evaluated_rows", "Rows of tables, with a result or rejected.", ["result"],
            registry=self._registry,
        )  # fmt: skip
        self.records = Counter("dottedline_records", "Answers that were recorded.", registry=self._registry)
        self._rulebook = Info("dottedline_rulebook", "The rulebook that answers.", registry=self._registry)
        self._broken = Gauge(
            "dottedline_rulebook_broken",
            "1 while the files of the rulebook are broken and an older state of them answers.",
            registry=self._registry,
        )
        self._seconds = {path: seconds.labels(path) for path in (*paths, OTHER)}
        self._counters: dict[tuple[str, int], Counter] = {}

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Counts a request."""
        label = path if path in self._seconds else OTHER
        counter = self._counters.get((label, status))
        if counter is None:
            counter = self._counters[label, status] = self._requests.labels(label, str(status))
        counter.inc()
        self._seconds[label].observe(seconds)

    def text(self, book: Rulebook, broken: bool) -> bytes:
        """All of it in Prometheus's text format."""
        self._rulebook.info({"id": book.id, "version": book.version, "sha256": book.sha256})
        self._broken.set(broken)
        return bytes(generate_latest(self._registry))
