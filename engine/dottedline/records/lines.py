"""What is kept of an answer: one line of JSON, enough to run it again and to see what differs."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from .. import __version__
from ..answer import Answer, DecisionAnswer, profile_to_dict
from ..library import Rulebook

#: The form of the lines; it goes up when one of today's programs could not read them.
FORM = 1
#: What every line begins with.
START = b'{"record":'


def told_by(answer: Answer) -> dict[str, Any]:
    """What an answer says, without its reasons: what is held against the record when it is run again."""
    return {
        "decisions": {id: _decision(decision) for id, decision in answer.decisions.items()},
        "derived": {id: _decision(decision) for id, decision in answer.derived.items()},
        "findings": {
            finding.id: {"state": finding.state, "modality": finding.modality, "rules": [finding.rule]}
            for finding in answer.findings
        },
    }


def _decision(decision: DecisionAnswer) -> dict[str, Any]:
    return {
        "status": decision.status,
        "outcome": decision.outcome,
        "options": [option.outcome for option in decision.options],
        "modality": decision.modality,
        "rules": list(decision.rules),
    }


def facts_sha256(facts: Mapping[str, object]) -> str:
    """The hash of a company's facts, as they stand in a record; whatever their order, it is the same."""
    written = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


class Line:
    """The line of an answer. The same answer may be given again: each time it has its own id and time.

    Args:
        book: the rulebook that gave it.
        answer: the answer.
        operation: what was asked for, such as `consult`.
        topics: what it was asked to be about.
        hashed: whether only the hash of the facts is kept.
    """

    def __init__(
        self,
        book: Rulebook,
        answer: Answer,
        operation: str,
        topics: Collection[str] = (),
        *,
        hashed: bool = False,
    ) -> None:
        facts = profile_to_dict(answer.profile, answer.vocabulary)
        kept = {
            "operation": operation,
            "program": __version__,
            "rulebook": answer.rulebook.to_dict(),
            "inferred": book.data.with_inferred,
            "language": book.language,
            "topics": sorted(topics),
            **({"facts_sha256": facts_sha256(facts)} if hashed else {"facts": facts}),
            **told_by(answer),
        }
        self._rest = json.dumps(kept, separators=(",", ":"), ensure_ascii=False)[1:].encode()

    @property
    def size(self) -> int:
        """How many bytes of it are the same each time."""
        return len(self._rest)

    def now(self) -> tuple[str, bytes]:
        """An id, and the whole line with it and with the time."""
        id = str(uuid.uuid4())
        time = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return id, START + b'%d,"id":"%s","time":"%s",%s\n' % (FORM, id.encode(), time.encode(), self._rest)
