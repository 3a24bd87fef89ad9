"""How firmly something is said, and how sure it is, in a word or two."""

from __future__ import annotations

from ..language import N_

#: How firmly the source says where something belongs.
PLACEMENT = {
    "must": N_("Must be: {place}"),
    "should": N_("Should be: {place}"),
    "default": N_("Usually: {place}"),
    "may": N_("May be: {place}"),
}

#: Where the source merely describes.
DESCRIBED = N_("Described as: {place}")

#: The same where it is an exception that takes the place of what is usual.
EXCEPTION = {**PLACEMENT, "may": N_("May make more sense: {place}")}

#: How firmly the source says that something should be done, in a word or two.
ADVICE = {
    "must": N_("must"),
    "should": N_("should"),
    "default": N_("usual"),
    "may": N_("may help"),
    "caution": N_("caution"),
    "contested": N_("contested"),
    "info": N_("worth knowing"),
    "rationale": N_("our inference"),
    "depends_on": N_("it depends"),
}

#: The same of an item of the source: what it says, not what we make of it.
SAID = {**ADVICE, "may": N_("may"), "info": N_("described"), "rationale": N_("a reason")}

#: How sure the answer is, in a word or two.
STATUS = {
    "settled": N_("settled"),
    "provisional": N_("so far"),
    "undetermined": N_("not yet known"),
    "open": N_("open"),
    "silent": N_("source silent"),
    "not_applicable": N_("not applicable"),
}

STATE = {"missing": N_("missing"), "to_check": N_("to check")}

INFERRED = N_("This is our inference, not the source's.")
