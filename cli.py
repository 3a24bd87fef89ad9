"""Runs dottedline from a bare checkout: `python cli.py consult PROFILE`.

The command itself is engine/dottedline/cli.py; installed, it is `dottedline`.
"""

import importlib.util
import sys
from pathlib import Path

#: What the program imports, and the package that brings it.
NEEDS = {"click": "click", "rich": "rich", "yaml": "PyYAML", "durable_rules_engine": "durable_rules"}


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036, for this file may be run by any Python
        version = sys.version.split()[0]
        sys.exit(f"dottedline needs Python 3.11 or newer, and {sys.executable} is Python {version}.")
    missing = [package for module, package in NEEDS.items() if importlib.util.find_spec(module) is None]
    if missing:
        sys.exit(
            f"dottedline needs {', '.join(missing)}, which {sys.executable} does not have; "
            "run `make consult`, which sets up everything in .venv, or `pip install -e .`."
        )
    sys.path.insert(0, str(Path(__file__).resolve().parent / "engine"))
    from dottedline.cli import main as command

    command()


if __name__ == "__main__":
    main()
