"""dottedline: how to structure a B2B marketing department, and why.

>>> import dottedline
>>> rulebook = dottedline.load()
>>> answer = rulebook.consult({"gtm_motion": "self_serve", "freemium_product": True})
>>> answer.decisions["lifecycle_marketing"].outcome
'product_marketing'
>>> answer.decisions["lifecycle_marketing"].status
'provisional'
"""

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
from .library import Rulebook, load
from .matcher import EngineFault, EngineUnavailable
from .problems import InputError, Problem, ProfileError, RulebookError, Span
from .profile import Profile

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Change",
    "Consideration",
    "DecisionAnswer",
    "EngineFault",
    "EngineUnavailable",
    "FindingAnswer",
    "InputError",
    "OptionAnswer",
    "Problem",
    "Profile",
    "ProfileError",
    "Question",
    "Remark",
    "Responsibility",
    "Rulebook",
    "RulebookError",
    "Span",
    "__version__",
    "load",
]
