"""Writes docs/checks.md, the page on the checks of rulebooks, from the checks themselves.

python docs/checks.py
"""

from __future__ import annotations

from pathlib import Path

from dottedline.authoring.checks_page import page

if __name__ == "__main__":
    Path(__file__).with_name("checks.md").write_text(page(), encoding="utf-8")
