"""Makes the example outputs in docs/examples anew: for each real company, in each language.

`python docs/examples.py` writes them; with `--check` it writes nothing, and fails where a file is not what it
would write.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

from dottedline.cli import main as command
from dottedline.language import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "docs" / "examples"
COMPANIES = ROOT / "facts" / "b2b_marketing" / "examples"

#: File -> the command that makes it; PROFILE stands for the company.
OUTPUTS = {
    "consult.md": "consult PROFILE --format markdown",
    "compare.md": "compare PROFILE --format markdown",
    "whatif.md": "whatif PROFILE gtm_motion=self_serve freemium_product=yes --format markdown",
    "matrix.md": "matrix PROFILE --format markdown",
    "matrix.csv": "matrix PROFILE --format csv",
    "chart.svg": "chart PROFILE --which both",
    "memo.html": "memo PROFILE --date 2026-01-31",
}


def made(folder: Path) -> Iterator[Path]:
    """Makes every output in a folder, and names it."""
    for company in sorted(COMPANIES.glob("*.yaml")):
        for language in LANGUAGES:
            for name, words in OUTPUTS.items():
                path = folder / company.stem / language / name
                path.parent.mkdir(parents=True, exist_ok=True)
                arguments = [str(company) if word == "PROFILE" else word for word in words.split()]
                arguments += ["--lang", language]
                if "--format" not in words:
                    arguments += ["-o", str(path)]
                done = CliRunner().invoke(command, arguments, catch_exceptions=False)
                if done.exit_code:
                    sys.exit(f"dottedline {' '.join(arguments)}: {done.stderr}")
                if "--format" in words:
                    path.write_text(done.stdout, encoding="utf-8", newline="")
                yield path


def main() -> int:
    """Writes, or with `--check` compares, all examples."""
    if "--check" not in sys.argv[1:]:
        shutil.rmtree(EXAMPLES, ignore_errors=True)
        print(f"{sum(1 for _ in made(EXAMPLES))} files in {EXAMPLES.relative_to(ROOT)}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        stale = [
            path.relative_to(folder)
            for path in made(Path(folder))
            if not (there := EXAMPLES / path.relative_to(folder)).is_file()
            or there.read_bytes() != path.read_bytes()
        ]
    for path in stale:
        print(f"docs/examples/{path} is stale; run python docs/examples.py")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
