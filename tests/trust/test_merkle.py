import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.trust import merkle
from rukhsa.trust.errors import BadLog
from tests.trust import published


def decoded(texts: list[str] | None) -> list[bytes]:
    return [base64.b64decode(text) for text in texts or []]


def of_hash_length(case: dict[str, Any]) -> bool:
    named = [case[name] for name in ("root", "root1", "root2", "leafHash") if name in case]
    return all(len(each) == 32 for each in decoded(named + (case["proof"] or [])))


def judge(case: dict[str, Any]) -> None:
    proof = decoded(case["proof"])
    if "leafIdx" in case:
        leaf, root = decoded([case["leafHash"], case["root"]])
        merkle.verify_inclusion(leaf, case["leafIdx"], case["treeSize"], proof, root)
    else:
        root1, root2 = decoded([case["root1"], case["root2"]])
        merkle.verify_consistency(case["size1"], case["size2"], proof, root1, root2)


# The published cases that ask something that a log of ours never asks, each kind with the reason.
NOT_APPLICABLE = {
    "subtreeinclusion": "proofs into a part of a tree (draft-ietf-plants-merkle-tree-certs), which we lack",
    "subtreeconsistency": "the same, for consistency",
}
# Of the kinds that apply, those that are judged otherwise, each with the reason.
STRICTER = {
    "size1 of 0": "a proof from the empty tree: RFC 9162 §2.1.4 has none; a witness that saw nothing is asked without",
    "a hash not of 32 bytes": "refused before anything is computed",
}


def test_every_published_kind_of_proof_is_tried_or_listed_with_its_reason() -> None:
    folders = {folder.name for folder in published.path("merkle/testdata").iterdir()}
    assert folders == {"inclusion", "consistency"} | NOT_APPLICABLE.keys()


@pytest.mark.parametrize(("folder", "count"), [("inclusion", 98), ("consistency", 98)])
def test_proofs_of_others_are_judged_as_published(folder: str, count: int) -> None:
    cases = published.load_all(f"merkle/testdata/{folder}")
    assert len(cases) >= count
    otherwise: set[str] = set()
    for name, case in cases:
        try:
            judge(case)
            accepted = True
        except BadLog:
            accepted = False
        if accepted is case["wantErr"]:
            assert not accepted, name  # we are never more lenient
            otherwise.add("size1 of 0" if case.get("size1") == 0 else "a hash not of 32 bytes")
            assert case.get("size1") == 0 or not of_hash_length(case), name
    assert otherwise <= STRICTER.keys()


def test_the_empty_tree_has_the_root_of_nothing() -> None:
    assert merkle.root_of([]).hex().startswith("e3b0c44298fc1c14")


@given(st.integers(1, 70), st.data())
def test_a_root_is_that_of_the_two_halves(size: int, data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(bytes([number])) for number in range(size)]
    if size > 1:
        middle = merkle.largest_power_below(size)
        halves = merkle.node_hash(merkle.root_of(hashes[:middle]), merkle.root_of(hashes[middle:]))
        assert merkle.root_of(hashes) == halves
