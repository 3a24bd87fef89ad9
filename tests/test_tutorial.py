"""The tutorial, followed word for word in an empty folder, prints what it shows and makes the book of the tests."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from all_books import ROOT, TYRES

PAGE = ROOT / "docs" / "tutorial.md"
BOOK = ROOT / "tests" / "books" / TYRES


def transcripts() -> Any:
    spec = importlib.util.spec_from_file_location("transcripts", ROOT / "docs" / "transcripts.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and a command `dottedline` that runs this code whether or not it is installed."""
    command = tmp_path / "bin" / "dottedline"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dottedline.cli "$@"\n')
    command.chmod(0o755)
    module = transcripts()
    monkeypatch.setattr(module.sys, "executable", str(command.parent / "python"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "engine"), os.environ.get("PYTHONPATH", "")]))
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def test_the_tutorial_is_what_happens(folder: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    module = transcripts()
    assert module.FOLLOWED in text
    made = module.followed(text, folder)
    assert made == text, "run `python docs/transcripts.py`"
    for kind in ("rules", "facts"):
        there, wanted = (
            {path.relative_to(base): path.read_text() for path in base.rglob("*") if path.is_file()}
            for base in (folder / kind / TYRES, BOOK / kind / TYRES)
        )
        assert there == {path: text for path, text in wanted.items() if path in there}
        # Beside the tutorial's, the book may have cases for what lies at the edges.
        assert {path.parent.name for path in wanted.keys() - there.keys()} <= {"cases"}
    assert not (folder / "rules" / TYRES / "oops.yaml").exists()
    assert len(module.BLOCK.findall(text)) >= 10
