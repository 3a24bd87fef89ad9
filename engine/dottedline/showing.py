"""What a notebook shows of an answer, a chart, a comparison: made by `present`, imported when it is asked."""

from __future__ import annotations


def html_of(shown: object) -> str:
    """The HTML of what has a `_repr_html_`; in the language of its rulebook."""
    from .present import notebook

    return notebook.html_of(shown)
