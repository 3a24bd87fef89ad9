"""The organisation as it is against the one that is advised, and what to do first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .actions import Action, actions
from .answer import Answer
from .language import speaking
from .library import Rulebook
from .ownership import Duty, ownership
from .placements import Placement, placements
from .profile import Profile
from .showing import html_of


class Comparison(NamedTuple):
    """How one company's organisation of today compares with what the source says."""

    answer: Answer
    placements: tuple[Placement, ...]
    #: The responsibilities that nobody owns, and those that have more owners than the source gives them.
    unowned: tuple[Duty, ...]
    owned_twice: tuple[Duty, ...]
    #: What would settle most, first.
    actions: tuple[Action, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "rulebook": self.answer.rulebook.to_dict(),
            "placements": [placement.to_dict() for placement in self.placements],
            "unowned": [duty.id for duty in self.unowned],
            "owned_twice": [duty.id for duty in self.owned_twice],
            "actions": [action.to_dict() for action in self.actions],
            "notes": list(self.answer.notes),
        }

    def _repr_html_(self) -> str:
        return html_of(self)


def compare(book: Rulebook, facts: Mapping[str, object] | Profile) -> Comparison:
    """Holds a company's organisation of today against what the source says.

    Args:
        book: the rulebook.
        facts: as for `Rulebook.consult`.

    Raises:
        ProfileError: where the facts do not fit the vocabulary.
        RulebookError: where the rulebook describes no organisation.
    """
    answer = book.consult(facts)
    with speaking(book.language):
        placed = placements(book.data, answer)
        duties = ownership(book.data, answer)
        return Comparison(
            answer=answer,
            placements=placed,
            unowned=duties.of_state("unowned"),
            owned_twice=duties.of_state("owned_twice"),
            actions=actions(book, answer, placed),
        )
