"""The hooks for repositories of rulebooks, run by the real pre-commit as it installs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from conftest import needs

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow

CONFIG = """
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: dottedline-fmt
      - id: dottedline-check
        args: [rules/meetings]
      - id: dottedline-test
        args: [rules/meetings]
"""


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """This checkout as a repository of its own, with its revision."""
    needs("pre_commit")
    folder = tmp_path_factory.mktemp("hooks") / "dottedline"
    rubbish = (".git", ".venv*", ".*_cache", ".hypothesis", ".benchmarks", "__pycache__", "*.egg-info", "*.so")
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*rubbish))
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "as it is")
    return folder, git(folder, "rev-parse", "HEAD")


def test_hooks_in_a_repository_of_rules(repository: tuple[Path, str], tmp_path: Path) -> None:
    folder, revision = repository
    mine = tmp_path / "mine"
    mine.mkdir()
    git(mine, "init", "--quiet")
    command = [sys.executable, "-m", "dottedline.cli", "rules", "new", "meetings"]
    subprocess.run(command, cwd=mine, check=True, capture_output=True, timeout=60)
    (mine / ".pre-commit-config.yaml").write_text(CONFIG.format(repository=folder, revision=revision))
    git(mine, "add", "--all")

    def hooks() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose"],
            cwd=mine,
            env={**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "PYTHONPATH": ""},
            capture_output=True,
            text=True,
            timeout=500,
        )

    done = hooks()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 files are laid out" in done.stdout and "3 cases pass" in done.stdout

    # A file that is laid out otherwise is laid out anew, and the commit stops.
    rules = mine / "rules" / "meetings" / "rulebook.yaml"
    neat = rules.read_text()
    rules.write_text(neat.replace("hit_policy: single", "hit_policy:   single"))
    git(mine, "add", "--all")
    done = hooks()
    assert done.returncode == 1 and f"laid out {rules.relative_to(mine)}" in done.stdout
    assert rules.read_text() == neat

    # So it does where the rules are not sound, or do not say what the cases expect.
    rules.write_text(neat.replace("outcome: message", "outcome: massage"))
    git(mine, "add", "--all")
    done = hooks()
    assert done.returncode == 1 and "cannot be `massage`" in done.stdout


def test_the_hooks_name_commands_that_there_are() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    from dottedline.commands.authoring import COMMANDS

    assert {hook["entry"].split()[-1] for hook in hooks} <= COMMANDS.keys()
    assert {hook["entry"].split()[0] for hook in hooks} == {"dottedline"}
