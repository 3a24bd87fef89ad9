"""A rulebook that a package brings is found by its name, without its package being imported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from all_books import ROOT, TYRES

ENGINE = ROOT / "engine"

PYPROJECT = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "tyre-rules"
version = "1.0.0"

[project.entry-points."dottedline.rulebooks"]
bicycle_tyres = "tyre_rules"

[tool.setuptools]
packages = ["tyre_rules"]

[tool.setuptools.package-data]
tyre_rules = ["**/*.yaml"]
"""

#: A book of somebody who extends the installed one.
EXTENDING = """\
rulebook:
  id: club
  title: Which tyres in our club
  version: 1.0.0
  language: 2
  extends: bicycle_tyres
  source: {title: Club rules, date: "2026-02-01"}
guidance:
  - {item: 1, modality: must, says: "On our tours, everybody has a tube."}
decisions:
  - id: setup
    rules:
      - id: club-tube
        replaces: setup-tube
        outcome: tube
        modality: must
        because: We mend it on the road.
        guidance: [1]
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed a package with a rulebook, as it would into any environment."""
    project = tmp_path_factory.mktemp("project")
    package = project / "tyre_rules"
    shutil.copytree(ROOT / "tests" / "books" / TYRES, package)
    (package / "__init__.py").write_text("raise ImportError('nobody has to import it')\n")
    (project / "pyproject.toml").write_text(PYPROJECT)
    target = tmp_path_factory.mktemp("site")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"]
    done = subprocess.run(
        [*install, "--target", target, project], capture_output=True, text=True, timeout=120, check=False
    )
    if "No module named pip" in done.stderr:
        pytest.skip("this Python has no pip")
    assert done.returncode == 0, done.stderr
    return target


def python(site: Path, code: str, folder: Path) -> Any:
    """What some code prints, as JSON, in a process that has the package."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ENGINE), str(site)])}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, cwd=folder, env=environment
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_it_is_loaded_by_its_name(site: Path, tmp_path: Path) -> None:
    code = """\
import dottedline, json, sys
book = dottedline.load("bicycle_tyres")
answer = book.consult({"surfaces": ["ice"]})
print(json.dumps([book.id, answer.decisions["tread"].outcome, "tyre_rules" in sys.modules]))
"""
    assert python(site, code, tmp_path) == ["bicycle_tyres", "studded", False]


@pytest.mark.slow
def test_every_command_finds_it(site: Path, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("surfaces: [ice]\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ENGINE), str(site)])}
    command = [sys.executable, "-m", "dottedline.cli"]
    for arguments in (["consult", "a.yaml", "--rules", TYRES, "--format", "json"], ["rules", "test", TYRES, "--format", "json"]):
        done = subprocess.run(
            [*command, *arguments], capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path, env=environment
        )
        assert done.returncode == 0, done.stderr
        json.loads(done.stdout)
    done = subprocess.run(
        [*command, "consult", "a.yaml", "--rules", "bicycle_tires"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path, env=environment,
    )  # fmt: skip
    assert done.returncode == 1 and "did you mean `bicycle_tyres`?" in done.stderr


@pytest.mark.slow
def test_it_is_listed(site: Path, tmp_path: Path) -> None:
    code = """\
import sys
from dottedline.cli import main
main(["rules", "list", "--format", "json"])
"""
    shipped, ours = python(site, code, tmp_path)
    assert (shipped["name"], shipped["package"], shipped["problem"]) == ("b2b_marketing", None, None)
    assert (ours["name"], ours["package"], ours["version"]) == (TYRES, "tyre-rules", "1.0.0")


@pytest.mark.slow
def test_another_book_extends_it(site: Path, tmp_path: Path) -> None:
    (tmp_path / "rules" / "club").mkdir(parents=True)
    (tmp_path / "rules" / "club" / "club.yaml").write_text(EXTENDING)
    code = """\
import dottedline, json, pickle
book = pickle.loads(pickle.dumps(dottedline.load("rules/club")))
setup = book.consult({"airless": False}).decisions["setup"]
print(json.dumps([setup.outcome, setup.modality, list(setup.books), list(book.data.books)]))
"""
    assert python(site, code, tmp_path) == ["tube", "must", ["club"], ["bicycle_tyres", "club"]]


@pytest.mark.slow
def test_a_folder_of_its_name_is_reached_by_its_path(site: Path, tmp_path: Path) -> None:
    """A name means the installed book; `./name`, or a path object, the folder."""
    shutil.copytree(ROOT / "tests" / "books" / TYRES, tmp_path, dirs_exist_ok=True)
    rules = tmp_path / "rules" / TYRES / "rulebook.yaml"
    rules.write_text(rules.read_text().replace("version: 1.0.0", "version: 2.0.0"))
    code = f"""\
import dottedline, json, os, pathlib
os.chdir("rules")
print(json.dumps([dottedline.load(n).version for n in ("{TYRES}", "./{TYRES}", pathlib.Path("{TYRES}"))]))
"""
    assert python(site, code, tmp_path) == ["1.0.0", "2.0.0", "2.0.0"]
