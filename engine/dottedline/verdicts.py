"""From results to a verdict: what is known now, compared with what every completion gives."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

from .condition_reader import SPECIAL_RESULTS
from .resolution import Kind, Resolved
from .rulebook import Modality, Option, Rule, strength

Status = Literal["settled", "provisional", "undetermined", "open", "silent", "not_applicable"]

_AGREED: dict[Kind, Status] = {
    "outcome": "settled",
    "open": "open",
    "not_applicable": "not_applicable",
    "silent": "silent",
    "nothing": "silent",
}

_DIFFERING: dict[Kind, Status] = {
    "outcome": "provisional",
    "open": "open",
    "not_applicable": "not_applicable",
    "silent": "undetermined",
    "nothing": "undetermined",
}


@dataclass(frozen=True)
class Verdict:
    """What a decision gives for certain tokens."""

    status: Status
    result: Resolved
    #: The rules shown: those of the result, or, where completions agree on it for
    #: different reasons, each of them.
    rules: tuple[Rule, ...]
    rules_are_alternatives: bool
    options: tuple[Option, ...]
    modality: Modality | None
    #: On what is known: remarks that go with it, and rules that gave way.
    remarks: tuple[Rule, ...]
    overridden: tuple[Rule, ...]

    @property
    def outcome(self) -> str | None:
        return self.result.outcome if self.status in ("settled", "provisional") else None

    @property
    def passed_on(self) -> str | None:
        """The value that other decisions see; None for unknown."""
        return self.outcome or (self.status if self.status in SPECIAL_RESULTS else None)

    @property
    def key(self) -> Hashable:
        """The result that a person is told; None where it is undetermined."""
        return None if self.status == "undetermined" else self.result.key


def verdict_of(known: Resolved, completions: Sequence[Resolved]) -> Verdict:
    """The verdict where `known` is the result on what is known, and `completions` what all completions give."""
    agreed = len({completion.key for completion in completions}) == 1
    if known.kind == "not_applicable" or not agreed:
        return Verdict(
            status=_DIFFERING[known.kind],
            result=known,
            rules=known.rules,
            rules_are_alternatives=False,
            options=known.options,
            modality=known.modality,
            remarks=known.remarks,
            overridden=known.overridden,
        )
    standing = [{rule.id: rule for rule in completion.rules} for completion in completions]
    in_all = [rule for id, rule in standing[0].items() if all(id in rules for rules in standing)]
    shown = in_all or list({id: rule for rules in standing for id, rule in rules.items()}.values())
    return Verdict(
        status=_AGREED[completions[0].kind],
        result=completions[0],
        rules=tuple(shown),
        rules_are_alternatives=not in_all and len(shown) > 1,
        options=_weakest_options([completion.options for completion in completions]),
        modality=min((completion.modality for completion in completions), key=strength),
        remarks=known.remarks,
        overridden=known.overridden,
    )


def _weakest_options(options: list[tuple[Option, ...]]) -> tuple[Option, ...]:
    """Options that all completions share, each as weak as its weakest."""
    weakest: dict[str, Option] = {}
    for each in options:
        for option in each:
            known = weakest.get(option.outcome)
            if known is None or strength(option.modality) < strength(known.modality):
                weakest[option.outcome] = option
    return tuple(weakest.values())
