"""docs/exports.md is followed from its top to its end, in one folder, with the components that it names."""
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import dottedline
from conftest import needs, npm
from test_export_dmn import READERS, kie  # noqa: F401
from test_export_jdm import ZEN
from test_export_sql import postgres  # noqa: F401

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "exports.md").read_text("utf-8")
BLOCK = re.compile(r"(?:<!-- (?P<note>[^>]+) -->\n)?^```(?P<kind>\w+)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)

#: What the blocks of each section need, and the packages of npm among it.
SECTIONS = {
    "Plain tables": (), "Large tables": (), "The ZEN engine": ("zen", "node"), "DMN": ("node", "kie"),
    "SQL": ("duckdb", "postgres"),
}


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """A folder in which the command is on the path, as the top of the page leaves it."""
    folder = tmp_path_factory.mktemp("page")
    program = folder / "bin" / "dottedline"
    program.parent.mkdir()
    engine = Path(dottedline.__file__).parents[1]
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{engine}" exec "{sys.executable}" -m dottedline.cli "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    follow(folder, PAGE[:PAGE.index("\n## ")], {})
    return folder


@pytest.fixture
def folder(start, tmp_path):
    return shutil.copytree(start, tmp_path / "a page")


def follow(folder, text, environment, port=None):
    """Runs the blocks of a text; what a block of kind `text` shows is what the one before has printed."""
    printed, checked = "", 0
    path = f"{folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    for match in BLOCK.finditer(text):
        note, kind, code = match["note"] or "", match["kind"], match["code"]
        if kind == "text":
            assert printed == code
            checked += 1
        elif note.startswith("file: "):
            (folder / note[6:]).write_text(code)
        elif note.startswith("examples/"):
            shutil.copy(ROOT / note, folder)
        elif "npm install" not in code:
            name = {"python": "block.py", "js": "block.mjs", "sh": "block.sh"}[kind]
            (folder / name).write_text(code.replace(":8080", f":{port}"))
            program = {"python": [sys.executable], "js": ["node"], "sh": ["bash", "-eo", "pipefail"]}[kind]
            done = subprocess.run([*program, name], cwd=folder, capture_output=True, text=True, timeout=120,
                                  env={**os.environ, "PATH": path, **environment})
            assert done.returncode == 0, done.stderr
            printed = done.stdout
    return checked


def section(title):
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)[1]


def test_every_section_with_examples_is_followed():
    with_blocks = {found[1] for found in re.finditer(r"^## (.+)\n((?:(?!^## ).*\n)*)", PAGE, re.MULTILINE)
                   if BLOCK.search(found[2])}
    assert with_blocks == set(SECTIONS)


@pytest.mark.parametrize(
    "title", [pytest.param(title, marks=pytest.mark.slow if "kie" in needed else ()) for title, needed in SECTIONS.items()]
)
def test_page(title, folder, request):
    environment, port = {}, None
    for name in SECTIONS[title]:
        if name == "kie":
            port = request.getfixturevalue("kie").port
        elif name == "postgres":
            server = request.getfixturevalue("postgres")
            server.run("DROP TABLE IF EXISTS accounts CASCADE;")
            environment = {"PGHOST": server.folder, "PGDATABASE": "postgres", **({"PGUSER": "postgres"} if server.user else {})}
        elif name == "node":
            packages = {"DMN": ("dmn", READERS), "The ZEN engine": ("jdm", (ZEN,))}[title]
            (folder / "node_modules").symlink_to(Path(npm(packages[0], *packages[1])) / "node_modules")
        else:
            needs(name)
    large = section("Large tables") if title == "DMN" else ""
    assert follow(folder, large + section(title), environment, port) == section(title).count("```text")
