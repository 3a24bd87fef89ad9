"""What is packaged is what is there: the packages, the data, the version."""

from __future__ import annotations

import ast
import configparser
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "engine"
CODE = ENGINE / "dottedline"
DATA = {"dottedline.rules": ROOT / "rules", "dottedline.facts": ROOT / "facts"}

SETUP = configparser.ConfigParser(interpolation=None)
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")


def lines(section: str, option: str) -> list[str]:
    return [line.strip() for line in SETUP[section][option].splitlines() if line.strip()]


def code_packages() -> set[str]:
    """The folders under engine/ that hold Python modules, as package names."""
    folders = {path.parent for path in ENGINE.rglob("*.py") if "__pycache__" not in path.parts}
    return {".".join(folder.relative_to(ENGINE).parts) for folder in folders}


def package_data(package: str) -> set[Path]:
    """The files of a package that the patterns of package_data match."""
    folder = DATA.get(package) or ENGINE.joinpath(*package.split("."))
    patterns = [pattern.strip() for pattern in SETUP["options.package_data"][package].split(",")]
    return {path for pattern in patterns for path in folder.glob(pattern)}


def shipped_data() -> dict[str, Path]:
    """What a wheel must hold besides modules: name in the wheel -> file in the checkout."""
    shipped = {f"dottedline/{path.relative_to(CODE).as_posix()}": path for path in package_data("dottedline")}
    for package, folder in DATA.items():
        inside = package.replace(".", "/")
        for path in package_data(package):
            shipped[f"{inside}/{path.relative_to(folder).as_posix()}"] = path
    return shipped


def test_listed_packages_are_the_folders() -> None:
    listed = lines("options", "packages")
    assert len(listed) == len(set(listed))
    assert set(listed) == code_packages() | DATA.keys()


def test_every_folder_of_code_is_a_package() -> None:
    without = [name for name in code_packages() if not ENGINE.joinpath(*name.split("."), "__init__.py").is_file()]
    assert without == []


def test_package_dir_maps_the_data() -> None:
    mapping = dict(re.split(r"\s*=\s*", line, maxsplit=1) for line in lines("options", "package_dir"))
    expected = {package: folder.relative_to(ROOT).as_posix() for package, folder in DATA.items()}
    assert mapping == {"": ENGINE.name, **expected}


def test_no_code_is_named_like_the_data() -> None:
    """A module or package dottedline.rules would vanish from the wheel behind the folder of rules."""
    taken = {package.rpartition(".")[2] for package in DATA}
    clashing = [path for path in ENGINE.rglob("*") if path.stem in taken and (path.is_dir() or path.suffix == ".py")]
    assert clashing == []


def test_data_holds_no_code() -> None:
    assert [path for folder in DATA.values() for path in folder.rglob("*.py")] == []


@pytest.mark.parametrize("package", DATA)
def test_all_yaml_and_all_catalogs_are_package_data(package: str) -> None:
    everything = {path for path in DATA[package].rglob("*") if path.suffix in {".yaml", ".yml", ".po", ".csv"}}
    # A table comes with whom it is owed to.
    everything |= {path.with_name("README.md") for path in everything if path.suffix == ".csv"}
    assert everything
    assert package_data(package) == everything


def test_all_schemas_catalogs_templates_and_the_type_marker_are_package_data() -> None:
    catalogs = (CODE / "translations").glob("*.po")
    assert package_data("dottedline") == {
        CODE / "py.typed",
        *CODE.rglob("*.json"),
        *CODE.rglob("*.yaml"),
        *catalogs,
    }


def test_version_stands_in_one_place() -> None:
    """As a literal, so that building does not import the package (and with it durable_rules)."""
    tree = ast.parse((CODE / "__init__.py").read_text(encoding="utf-8"))
    versions = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__version__"]
    ]
    assert len(versions) == 1
    assert re.fullmatch(r"\d+\.\d+\.\d+", versions[0])
    assert SETUP["metadata"]["version"] == "attr: dottedline.__version__"
    assert f"## [{versions[0]}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_pyproject_leaves_the_metadata_to_setup_cfg() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project.keys() == {"name", "dynamic"}
    assert project["name"] == SETUP["metadata"]["name"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution of this checkout, built in a copy of it."""
    copy = tmp_path_factory.mktemp("checkout") / "dottedline"
    rubbish = (".git", ".venv*", ".*_cache", ".hypothesis", ".benchmarks", "__pycache__", "*.egg-info", "*.so")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*rubbish))
    for folder in ("build", "dist"):
        shutil.rmtree(copy / folder, ignore_errors=True)
    build = "import setuptools.build_meta as b; b.build_sdist('dist'); b.build_wheel('dist')"
    done = subprocess.run([sys.executable, "-c", build], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return copy / "dist"


@pytest.mark.slow
def test_wheel_holds_code_and_data(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
        for name, path in shipped_data().items():
            assert archive.read(name) == path.read_bytes()
    modules = {path.relative_to(ENGINE).as_posix() for path in ENGINE.rglob("*.py")}
    compiled = {name for name in inside if re.fullmatch(r"dottedline/_callobject\..*(so|pyd)", name)}
    assert inside - compiled == modules | shipped_data().keys()


@pytest.mark.slow
def test_source_distribution_can_be_built_and_tested(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    wanted = [path for folder in ("rules", "facts", "tests", "docs") for path in (ROOT / folder).rglob("*")]
    wanted += [*CODE.rglob("*.py"), CODE / "_callobject.c", *package_data("dottedline")]
    names = {path.relative_to(ROOT).as_posix() for path in wanted if path.is_file()}
    names |= {"LICENSE", "Makefile", "Dockerfile", ".dockerignore", ".ci/run", "cli.py", "setup.cfg", "pyproject.toml"}
    rubbish = re.compile(r"(^|/)(\.hypothesis|\.pytest_cache|__pycache__)/")
    assert {name for name in names if not rubbish.search(name)} <= inside
    assert not [name for name in inside if rubbish.search(name) or name.endswith(".so")]
