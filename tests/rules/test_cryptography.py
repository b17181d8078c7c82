"""Each use of cryptography stands on a page that is written from the code."""

import ast

from tools import cryptography_page
from tools.cryptography_page import uses


def test_every_use_of_cryptography_is_on_its_page() -> None:
    text = cryptography_page.page()
    assert "`trust/keys.py`" in text
    assert "`crypto.subtle.verify`" in text
    written = cryptography_page.FILE.read_text("utf-8")
    assert written == text, "write it with `python -m tools cryptography`"


def test_a_use_is_found_however_it_is_imported() -> None:
    text = """
import hashlib
from hashlib import sha256 as digest
from cryptography.hazmat.primitives.asymmetric import ec, rsa as r

def sign():
    from secrets import token_bytes
    return hashlib.md5(), ec.SECP256R1(), r.generate_private_key()
"""
    assert uses(ast.parse(text)) == {
        "hashlib.md5", "hashlib: sha256", "cryptography: ec.SECP256R1", "cryptography: rsa.generate_private_key",
        "secrets: token_bytes",
    }  # fmt: skip
    assert uses(ast.parse("import json, hashes; from cryptographic import ec")) == set()
