"""The checks of a rulebook, each under its code; `CHECKS` is the table of them all."""

from __future__ import annotations

from collections.abc import Mapping

from . import carried, conditions, redundancy, rows, used, wellformed
from .registry import Check

#: Every check by its code, in their order.
CHECKS: Mapping[str, Check] = {
    check.code: check
    for check in sorted(
        (
            *wellformed.CHECKS,
            *rows.CHECKS,
            *conditions.CHECKS,
            *redundancy.CHECKS,
            *used.CHECKS,
            *carried.CHECKS,
        ),
        key=lambda check: check.code,
    )
}
