"""The codes of what can be wrong with a rulebook; `authoring.checks` says what each means.

A code never changes its meaning, and is not given anew where its check is gone.
"""

from __future__ import annotations

UNREADABLE = "D001"
MALFORMED = "D002"
UNDEFINED = "D003"
TWICE = "D004"
DECISION_CIRCLE = "D005"
OVERRIDE_CIRCLE = "D006"
FIRMER = "D007"
CONTRADICTION = "D008"
LIMIT = "D009"
TOO_LARGE = "D010"

GAP = "D011"
NEVER_FIRES = "D012"
GIVES_WAY = "D013"
UNREACHED = "D014"
NO_DIFFERENCE = "D015"
REDUNDANT = "D016"
IDLE_OVERRIDE = "D017"
UNUSED = "D018"
NOT_TOLD_APART = "D019"
NOT_CARRIED = "D020"
UNTRANSLATED = "D021"
ALLOWED_IN_VAIN = "D022"

#: What a rulebook may have all the same, where its author says why. With anything else it is refused.
ALLOWABLE = (
    GAP,
    NEVER_FIRES,
    GIVES_WAY,
    UNREACHED,
    NO_DIFFERENCE,
    REDUNDANT,
    IDLE_OVERRIDE,
    UNUSED,
    NOT_TOLD_APART,
    NOT_CARRIED,
    UNTRANSLATED,
)
