"""The signer is given ids and reads the rest itself: no other process hands it bytes or signs beside it."""

import ast
import inspect
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.signers import Signer, signer
from tests.rooms.issuance.conftest import town
from tests.rules.source import MODULES, SOURCE, name, tree

__all__ = ["town"]

# What an act may be about: an intent's id, an authority's code, a list's number, a moment.
IDS = {UUID, Sequence[UUID], str, int, datetime}
DOOR = "rukhsa.issuance.signers"
# The modules that make, hold or open private keys, and what in `trust` takes one.
HOLDS = {"HeldKey", "holder_of", "MemorySigner", "load_pem_private_key", "sign_pdf", "token_of"}
TAKES = {
    *("statuslist.sign_cwt", "statuslist.sign_jwt", "checkpoint.sign", "trustlist.sign", "jws.sign"),
    *("cosignature.sign", "tlog.integrate"),
}
# The signer itself; new keys; a library, the offline machine and the outside parties, which hold no key of ours; the
# specimens, under a key that is in no trust list; and the stranger of the story, who forges.
MAY = (
    *("issuance/signers/", "issuance/key_creation.py", "trust/", "sandbox/", "story/afterwards.py"),
    "project/management/commands/signer.py",
    "project/readiness.py",  # asks which role the signer has in the database
    "delivery/push_key.py",  # of messages to devices, which no document rests on
    "specimens/",  # of an authority that does not exist, with public secrets
)


def test_every_way_to_a_signature_takes_ids_and_moments_alone() -> None:
    assert _bytes_taken(Signer) == []


def test_a_signer_that_takes_bytes_is_found() -> None:
    class Careless(Signer):
        def anything(self, message: bytes) -> bytes:
            return message

        def any_object(self, thing: Any) -> bytes:
            return bytes(thing)

    assert _bytes_taken(Careless) == ["any_object(thing)", "anything(message)"]


def test_no_route_task_or_command_reaches_a_key_beside_the_signer() -> None:
    rest = [path for path in MODULES if not name(path).startswith(MAY)]
    assert len(rest) > 250
    assert [f"{path}: {found}" for path in rest for found in _reached(tree(path))] == []


@pytest.mark.parametrize(
    "source",
    [
        "from rukhsa.issuance.signers.holder import HeldKey",
        "from rukhsa.issuance.signers import holder",
        "import rukhsa.issuance.signers.file",
        "from rukhsa.trust.keys import MemorySigner",
        "from rukhsa.trust import statuslist\nstatuslist.sign_cwt(request.body, signer=key)",
        "signer().anything.private.sign(request.body)\nfrom rukhsa.issuance.signers.pkcs11 import token_of",
    ],
)
def test_a_route_that_reaches_a_key_is_found(source: str) -> None:
    assert list(_reached(ast.parse(source)))


def test_the_modules_that_may_are_those_that_do() -> None:
    """Otherwise the list above would allow what no module needs."""
    for allowed in MAY:
        paths = [path for path in MODULES if name(path).startswith(allowed)]
        assert any(list(_reached(tree(path))) for path in paths), allowed


@pytest.mark.parametrize("code", ["", "XXX", "bytes to be signed", "CAP "])
def test_what_is_no_authority_is_signed_for_by_nobody(code: str, town: datetime) -> None:
    for act in (lambda: signer().status_list(code, 0, at=town), lambda: signer().checkpoint(code, at=town)):
        with pytest.raises((IssuanceError, KeyError)):
            act()
    with pytest.raises(IssuanceError):
        signer().seal([uuid4()], at=town)


def _bytes_taken(door: type) -> list[str]:
    return sorted(
        f"{name}({parameter.name})"
        for name, method in inspect.getmembers(door, inspect.isfunction)
        if not name.startswith("_")
        for parameter in inspect.signature(method).parameters.values()
        if parameter.name != "self" and parameter.annotation not in IDS
    )


def _reached(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            inside = f"{node.module}.".startswith(f"{DOOR}.") and node.module != DOOR
            yield from (
                each.name for each in node.names if inside or each.name in HOLDS or _is_inside(node, each)
            )
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.startswith(f"{DOOR}."))
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in TAKES:
            yield ast.unparse(node)


def _is_inside(node: ast.ImportFrom, name: ast.alias) -> bool:
    inside = {path.stem for path in Path(SOURCE / "issuance/signers").glob("*.py")} - {"__init__"}
    return node.module == DOOR and name.name in inside
