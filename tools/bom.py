"""`make bom`: the bill of materials in CycloneDX 1.6 from the two lock files, without the network."""

import json
import os
import re
import sys
import tomllib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cyclonedx.contrib.hash.factories import HashTypeFactory
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from rukhsa.project.config import PROJECT

_PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
_DIGEST: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def main() -> None:
    """Write the bill to var/bom.cdx.json, or to the file that the argument names."""
    target = Path(sys.argv[1]) if sys.argv[1:] else PROJECT / "var" / "bom.cdx.json"
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    at = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    text = bill_of_materials(PROJECT, at=at)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    sys.stdout.write(f"{target}: {len(json.loads(text)['components'])} components\n")


def bill_of_materials(folder: Path, *, at: datetime) -> str:
    """The bill of a checkout: each package of the locks with version, digests, licence, and whether it is shipped."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    python, node = (folder / "requirements.lock").read_text(), (folder / "package-lock.json").read_text()
    bom = Bom(
        components=[*_of_python(python, _shipped(project)), *_of_node(json.loads(node))],
        serial_number=UUID(bytes=sha256((python + node).encode()).digest()[:16], version=4),
    )
    bom.metadata.timestamp = at
    bom.metadata.component = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        licenses=[LicenseFactory().make_from_string(project["license"])],
        purl=PackageURL("pypi", None, project["name"], project["version"]),
        bom_ref=project["name"],
    )
    bom.register_dependency(bom.metadata.component, bom.components)
    return f"{JsonV1Dot6(bom).output_as_string(indent=1)}\n"


def _of_python(lock: str, shipped: set[str]) -> Iterator[Component]:
    starts = [*_PINNED.finditer(lock)]
    for pinned, following in zip(starts, [*starts[1:], None], strict=True):
        name, version = pinned[1], pinned[2]
        digests = _DIGEST.findall(lock, pinned.end(), following.start() if following else len(lock))
        yield _component(
            PackageURL("pypi", None, name, version),
            licence=_licence(name),
            shipped=canonicalize_name(name) in shipped,
            # One for each file of the package: a CycloneDX component has room for the hashes of one.
            properties=[Property(name="rukhsa:locked:sha256", value=each) for each in digests],
        )


def _of_node(lock: Mapping[str, Any]) -> Iterator[Component]:
    for place, package in lock["packages"].items():
        if not place:
            continue  # ourselves
        group, _, name = place.rpartition("node_modules/")[2].rpartition("/")
        yield _component(
            PackageURL("npm", group or None, name, package["version"]),
            licence=package.get("license"),
            shipped=not package.get("dev", False),
            hashes=[HashTypeFactory().from_composite_str(_hexadecimal(package["integrity"]))],
        )


def _component(purl: PackageURL, *, licence: str | None, shipped: bool, **more: Any) -> Component:
    return Component(
        name=purl.name,
        group=purl.namespace,
        version=purl.version,
        type=ComponentType.LIBRARY,
        purl=purl,
        bom_ref=str(purl),
        licenses=[LicenseFactory().make_from_string(licence)] if licence else (),
        scope=ComponentScope.REQUIRED if shipped else ComponentScope.EXCLUDED,
        **more,
    )


def _shipped(project: Mapping[str, Any]) -> set[str]:
    """The packages that a deployment has; those with which people build, test and rehearse are not among them."""
    extras = project["optional-dependencies"]
    ours = (project["dependencies"], *(extras[name] for name in extras.keys() - {"rehearsal"}))
    wanted = [Requirement(each) for some in ours for each in some]
    found: set[str] = set()
    asked: set[tuple[str, str]] = set()
    while wanted:
        needed = wanted.pop()
        name = canonicalize_name(needed.name)
        found.add(name)
        for extra in ("", *needed.extras):
            if name != project["name"] and (name, extra) not in asked:
                asked.add((name, extra))
                wanted += _asked_by(name, extra)
    return found


def _asked_by(name: str, extra: str) -> Iterator[Requirement]:
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return  # a package for another platform: the lock is for all of them
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def _licence(name: str) -> str | None:
    """The licence that the package declares: an expression, or the last words of its classifier."""
    try:
        said = metadata.metadata(name).json
    except metadata.PackageNotFoundError:
        return None
    if expression := said.get("license_expression"):
        return str(expression)
    classifiers = [each for each in said.get("classifier", ()) if " :: OSI Approved :: " in each]
    in_its_own_words = str(said.get("license") or "").strip().partition("\n")[0]
    return classifiers[0].rpartition(" :: ")[2] if classifiers else in_its_own_words or None


def _hexadecimal(integrity: str) -> str:
    """npm's `sha512-BASE64` as `sha512:HEX`."""
    algorithm, _, digest = integrity.partition("-")
    return f"{algorithm}:{b64decode(digest).hex()}"


if __name__ == "__main__":
    main()
