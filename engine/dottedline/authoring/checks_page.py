"""What each code means: one for a terminal, all of them as a page of the documentation."""

from __future__ import annotations

from ..codes import ALLOWABLE
from ..language import N_, _
from ..words import capital, sentence
from .checks import CHECKS
from .checks.registry import Check

_SEVERITIES = {
    "error": N_("An error: the rulebook is refused."),
    "warning": N_("A warning: the rulebook can be consulted."),
}

_PAGE = """\
# The checks

Written by `python docs/checks.py` from the checks themselves.

```sh
dottedline rules check path/to/rules/book
dottedline rules check path/to/rules/book --strict --format sarif > checks.sarif
dottedline rules explain-code D012
```

Each thing that is found has its code, its place underlined, the simplest company for which it shows, and what
would be right; as text, JSON, SARIF 2.1.0 (for code hosts and editors) or GitHub's annotations. Errors are what
a rulebook is refused for wherever it is loaded, and give exit code 1; `--strict` fails on warnings too. A
warning that is meant so is allowed with a reason: see
[the rule language](rule-language.md#what-may-be-as-it-is). Of a rulebook that extends another, what is in the
other is left alone.

All of this is proved, not sampled: the checks go through every combination of facts, known and unknown, that
the constraints allow ([how inference works](inference.md#why-diagrams)). Of the examples, what makes no
difference is left out.

| code | what is found | |
|---|---|---|
"""


def explanation(check: Check) -> str:
    """What a code means, why it matters, and a wrong and a right example, as text."""
    # Not within the text below: messages are not looked for inside of f-strings.
    wrong, right = _("Wrong:"), _("Right:")
    return "\n\n".join(
        [
            f"{check.code}: {_(check.title)}",
            sentence(_(check.means)),
            sentence(_(check.matters)),
            _severity(check),
            f"{wrong}\n\n{_indented(check.wrong)}",
            f"{right}\n\n{_indented(check.right)}",
        ]
    )


def overview() -> str:
    """Every code with what it finds, a line each."""
    return "".join(f"{check.code}  {_(check.title)}\n" for check in CHECKS.values())


def page() -> str:
    """All checks as a page in Markdown."""
    rows = [f"| [{c.code}](#{c.code.lower()}) | {c.title} | {c.severity} |\n" for c in CHECKS.values()]
    return _PAGE + "".join(rows) + "".join(map(_section, CHECKS.values()))


def _section(check: Check) -> str:
    told = f"**{capital(check.title)}.** {check.means}\n\n{check.matters} {_severity(check)}"
    wrong, right = (f"```yaml\n{example}\n```" for example in (check.wrong, check.right))
    return f"\n## {check.code}\n\n{told}\n\nWrong:\n\n{wrong}\n\nRight:\n\n{right}\n"


def _severity(check: Check) -> str:
    told = _(_SEVERITIES[check.severity])
    if check.code in ALLOWABLE:
        told = _("{severity} Where it is meant so, `allow` says why.").format(severity=told)
    return told


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
