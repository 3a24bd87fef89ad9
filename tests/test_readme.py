"""What the README and the docs show is what the program prints, and their Python runs."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _transcripts():
    spec = importlib.util.spec_from_file_location("transcripts", ROOT / "docs" / "transcripts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(
    not (Path(sys.executable).parent / "dottedline").exists(), reason="the command is not installed beside this Python"
)
@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda p: p.name)
def test_transcripts_are_what_the_command_prints(path):
    text = path.read_text(encoding="utf-8")
    assert text == _transcripts().fresh(text), "run `python docs/transcripts.py`"


def test_readme_has_transcripts():
    assert len(re.findall("^```console$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)) >= 3


def test_python_in_the_readme_runs():
    """Each line runs; where a comment says what it gives, it gives that."""
    block = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    names = {}
    checked = 0
    for line in block[1].splitlines():
        code, arrow, shown = line.partition("# -> ")
        if arrow:
            assert repr(eval(code, names)) == shown
            checked += 1
        else:
            exec(code, names)
    assert checked == 4


def test_every_link_of_the_readme_leads_somewhere():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        names = [target, f"{target}.md"]
        assert any((ROOT / name).exists() for name in names), target
