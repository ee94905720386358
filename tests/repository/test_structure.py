"""Rules about the repository itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TRACKED = subprocess.run(
    ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split("\0")[:-1]


def test_files_stay_short() -> None:
    long = {p.name: n for p in SOURCES if (n := len(p.read_text().splitlines())) > 400}
    assert not long


def test_functions_stay_short() -> None:
    long = [f"{path.name}:{name}" for path in SOURCES for name, n in functions(path) if n > 80]
    assert not long


def test_most_functions_are_taken_in_at_a_glance() -> None:
    lengths = sorted(n for path in SOURCES for _, n in functions(path))
    assert lengths[len(lengths) // 2] <= 12
    assert lengths[len(lengths) * 95 // 100] <= 40


def functions(path: Path) -> list[tuple[str, int]]:
    """Names and lengths (in lines, docstring left out) of the functions in a file."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            start = body[0].lineno
            found.append((node.name, (node.end_lineno or start) - start + 2))
    return found


def test_except_exception_is_nowhere_but_at_the_outer_door() -> None:
    broad = [p.name for p in SOURCES if re.search(r"except (Base)?Exception\b|except:", p.read_text())]
    assert broad == []


def test_nothing_names_a_package_registry_or_a_home_folder() -> None:
    forbidden = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|/(root|work|home/\w+)/")
    for name in TRACKED:
        path = ROOT / name
        if path.suffix in {".png", ".parquet"} or path == Path(__file__) or not path.is_file():
            continue
        found = forbidden.search(path.read_text(errors="replace"))
        assert found is None, f"{name} names {found and found[0]}"


def test_every_requirement_has_a_hash() -> None:
    for name in ("requirements.txt", "requirements-web.txt", "requirements-dev.txt", "requirements-uv.txt"):
        pins = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
        assert all("--hash=sha256:" in pin for pin in pins if not pin.startswith("#")), name


def test_every_dependency_says_why() -> None:
    for name in ("requirements.in", "requirements-web.in", "requirements-dev.in"):
        for line in (ROOT / name).read_text().splitlines():
            if line and not line.startswith(("#", "-c")):
                assert re.fullmatch(r"[\w\[\],<>=.-]+\s+# \S.+", line), f"{name}: {line}"


def test_declared_and_pinned_dependencies_are_the_same() -> None:
    declared = set(re.findall(r'^  "([\w\[\],-]+)",$', (ROOT / "pyproject.toml").read_text(), re.M))
    names = [(ROOT / name).read_text() for name in ("requirements.in", "requirements-web.in")]
    pinned = {found for text in names for found in re.findall(r"^([\w\[\],-]+)[<>=.,\d]*\s+#", text, re.M)}
    assert declared == pinned - {"setuptools"}


@pytest.mark.slow
def test_the_engine_runs_without_django() -> None:
    """Every engine module is imported in a process where importing Django fails. Slow: a new process."""
    modules = [
        ".".join(p.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
        for p in SOURCES
        if "web" not in p.parts and p.name != "__main__.py"
    ]
    script = (
        "import importlib, sys\n"
        "sys.modules['django'] = None\n"
        f"for name in {modules}: importlib.import_module(name)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
