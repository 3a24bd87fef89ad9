"""The catalogs and the examples in the documentation are what their scripts would make."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def check(script: str) -> str:
    """What a script says of what is stale; nothing where nothing is."""
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / script, "--check"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def test_nothing_waits_for_a_translator() -> None:
    """Every message has a translation that was looked over, and no catalog holds one that is gone."""
    assert check("translations.py") == ""


@pytest.mark.slow
def test_examples_are_what_the_commands_print() -> None:
    assert check("examples.py") == ""
