"""dottedline: how to structure a B2B marketing department, and why.

>>> import dottedline
>>> rulebook = dottedline.load()
>>> answer = rulebook.consult({"gtm_motion": "self_serve", "freemium_product": True})
>>> answer.decisions["lifecycle_marketing"].outcome
'product_marketing'
>>> answer.decisions["lifecycle_marketing"].status
'provisional'
"""

from typing import TYPE_CHECKING

from .answer import (
    Answer,
    Consideration,
    DecisionAnswer,
    FindingAnswer,
    OptionAnswer,
    Question,
    Remark,
    Responsibility,
)
from .changes import Change
from .comparison import Comparison, compare
from .difference import Difference
from .library import Rulebook, load
from .matcher import EngineFault, EngineUnavailable
from .memos import memo
from .problems import InputError, Problem, ProfileError, RulebookError, Span
from .profile import Profile
from .whatif import WhatIf, what_if
from .why_not import WhyNot

if TYPE_CHECKING:
    from .reloading import Reloading

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Change",
    "Comparison",
    "Consideration",
    "DecisionAnswer",
    "Difference",
    "EngineFault",
    "EngineUnavailable",
    "FindingAnswer",
    "InputError",
    "OptionAnswer",
    "Problem",
    "Profile",
    "ProfileError",
    "Question",
    "Reloading",
    "Remark",
    "Responsibility",
    "Rulebook",
    "RulebookError",
    "Span",
    "WhatIf",
    "WhyNot",
    "__version__",
    "compare",
    "load",
    "memo",
    "what_if",
]


def __getattr__(name: str) -> object:
    # Only a host that runs on has a use for it: others do without what it imports.
    if name == "Reloading":
        from .reloading import Reloading

        return Reloading
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
