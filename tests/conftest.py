"""What tests share: how hard the property tests try, a book, and the components of others that some tests need.

`pytest --hypothesis-profile deep`, or HYPOTHESIS_PROFILE=deep, lets the property tests try harder.

A test that runs somebody else's engine, database or language says so with `needs("node")`, and is skipped where
that is not there. DOTTEDLINE_REQUIRE=node,postgres (a comma between, or `all`) makes the skip a failure: CI names
what it has installed, so that nothing that is there is left out unseen.
"""
import fcntl
import importlib
import importlib.util
import os
import shutil
import subprocess
from glob import glob
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

# Brute force takes its time on some examples, and a whole rulebook is a large thing to draw.
slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
# The default tries the same examples every time, and only says which one fails: to make it small takes minutes.
# The deep profile looks for new ones, and makes what it finds small.
settings.register_profile("default", max_examples=100, deadline=None, derandomize=True,
                          suppress_health_check=slow, phases=[Phase.explicit, Phase.generate])
settings.register_profile("deep", max_examples=3000, deadline=None, suppress_health_check=slow)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# What tests find out is not kept for the user, nor taken from what the user's runs found out.
os.environ["DOTTEDLINE_CACHE"] = ""


@pytest.fixture
def outing(tmp_path):
    """A copy of the book about an outing, in which commands run."""
    shutil.copytree(Path(__file__).parent / "good" / "outing", tmp_path, dirs_exist_ok=True)
    return tmp_path


# --- components of others -----------------------------------------------------------

def _postgres():
    """The folder of PostgreSQL's programs; Debian has them off the path, by version."""
    found = shutil.which("initdb") and os.path.realpath(shutil.which("initdb"))
    folders = [os.path.dirname(found)] if found else sorted(glob("/usr/lib/postgresql/*/bin"))
    return folders[-1] if folders else None


#: What is no Python package: how it is found, and what would put it there. Anything else is a package's module.
COMPONENTS = {
    "node": (lambda: shutil.which("npm") and shutil.which("node"), "Node.js with npm (Debian: nodejs npm)"),
    "postgres": (_postgres, "PostgreSQL's server (Debian: postgresql)"),
}


def needs(name, why=None):
    """What a test needs: a module, or where a program is. Skips the test, saying why, where it is not there.

    Args:
        name: one of COMPONENTS, or the name of a module, such as `duckdb`.
        why: why it cannot be had, where a test has found that out itself.
    """
    find, what = COMPONENTS.get(name) or (lambda: importlib.util.find_spec(name) and importlib.import_module(name),
                                          f"the Python package of `{name}`")
    found = None if why else find()
    if found:
        return found
    told = why or f"it needs {what}, which is not here"
    required = os.environ.get("DOTTEDLINE_REQUIRE", "").replace(",", " ").split()
    if name in required or "all" in required:
        pytest.fail(f"{told}, and DOTTEDLINE_REQUIRE names `{name}`", pytrace=False)
    pytest.skip(told, allow_module_level=True)


def npm(folder, *packages):
    """A folder with these packages of npm (`name@version`) in `node_modules`: installed once, then kept for later runs.

    Skips the test where Node is missing or the packages cannot be had.
    """
    needs("node")
    # Beside the checkout's other caches, so that `git clean` finds it.
    place = os.path.join(os.path.dirname(os.path.dirname(__file__)), ".pytest_cache", "npm", folder)
    done = os.path.join(place, ".".join(sorted(packages)).replace("/", "+"))
    with FileLock(place + ".lock"):
        if not os.path.exists(done):
            shutil.rmtree(place, ignore_errors=True)
            os.makedirs(place)
            command = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix", place, *packages]
            tried = subprocess.run(command, capture_output=True, text=True, timeout=300)
            if tried.returncode:
                needs("node", f"npm cannot install {', '.join(packages)}: {tried.stderr.strip()[-300:]}")
            open(done, "w").close()
    return place


class FileLock:
    """Held by one process at a time; tests may run in several."""

    def __init__(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.path = path

    def __enter__(self):
        self.file = open(self.path, "w")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self.file.close()
