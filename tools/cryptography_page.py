"""The page docs/security/cryptography.md: every use of cryptography in the product, found in its syntax trees."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from rukhsa.project.config import PROJECT

FILE = PROJECT / "docs/security/cryptography.md"
SOURCE: Final = PROJECT / "src/rukhsa"

# What brings keys, hashes, random numbers or TLS; a library that is new here is refused by a rule of the tests.
LIBRARIES: Final = (
    "cryptography", "django.contrib.auth.hashers", "django.core.signing", "django.utils.crypto", "fido2", "hashlib",
    "hmac", "joserfc", "pkcs11", "pyhanko", "random", "secrets", "ssl", "webpush",
)  # fmt: skip
_OF_A_BROWSER: Final = re.compile(
    r"crypto\.(?:subtle\.)?(?:decrypt|deriveBits|deriveKey|digest|encrypt|exportKey|generateKey|getRandomValues"
    r"|importKey|randomUUID|sign|verify)\b"
    r"|(?<=\")(?:AES-[A-Z]+|ECDSA|Ed25519|HMAC|P-[0-9]{3}|RSA[A-Za-z0-9-]*|SHA-[0-9]+)(?=\")"
)

_OPENING = """\
# Cryptography

Written from the code by `python -m tools cryptography`: what each module of the product takes from a library of \
cryptography, and what each script takes from the browser. A rule of the tests fails while a use is missing here, so \
that the list is whole (ASVS 11.1.3). Which keys there are, who holds them and how long they last is in \
[keys](../operating/keys.md); what is signed, byte for byte, in [formats](../formats/README.md).

"""

_AFTER = """
## What comes after P-256

A computer that breaks elliptic curves makes P-256, Ed25519 and every signature by them worthless from that day on; \
SHA-256 and the tree of a log stay good. One thing here is kept secret by an elliptic curve (TLS is the proxy's): the \
short text of a notification on its way to a device, as RFC 8291 has it; who records it today could read it then. The \
rest is about signatures, and about documents that outlive them.

**What holds old documents.** Each seal is an entry of a log, and a checkpoint that witnesses have signed says when it \
was there. A checkpoint of the same tree, signed by a new algorithm before the old one breaks, carries all of them \
over: who proves that a seal is in that tree needs no signature of P-256. So the logs move before the seals.

**In which order**, each by a new version of its format beside the old one, as [profiles and \
versions](../formats/README.md) are added today:

| | what | to what | what stands in the way |
|---|---|---|---|
| 1 | the root and the trust list | ML-DSA-65 (FIPS 204) beside P-256, both have to hold | nothing: a file, signed \
offline |
| 2 | checkpoints of the logs, and their witnesses | ML-DSA-44 beside Ed25519 | witnesses have to follow |
| 3 | status lists | ML-DSA-44 | 2.4 kB more for each list |
| 4 | the signature of the PDF | ML-DSA in CMS (RFC 9882) | readers of PDF that know it |
| 5 | the code | no signature of P-256 alone counts any more: the verifier asks for the log's proof, online or from a \
copy that it keeps | 2,420 bytes of ML-DSA-44 fit no code that a telephone reads from paper; a shorter signature \
(FN-DSA, some 670 bytes) was no standard when this was written |

**When.** NIST's plan (IR 8547, a draft of November 2024) disallows P-256 and Ed25519 after 2035. Assumed here: \
steps 1 and 2 by 2030, step 5 by 2034, all at once where a break is told of before. The library that signs \
(`cryptography`) and the tokens (PKCS #11 3.2) have to bring the algorithms; each release is looked at for it.

**By whom.** The operators propose the day of each step to the authorities as they do a new key; two people sign it, \
as for every trust list ([keys](../operating/keys.md)).
"""


def page() -> str:
    """The text of the page."""
    lines = [_OPENING + "## In Python\n", "| module | what it is for | what it uses |", "|---|---|---|"]
    lines += [f"| `{name}` | {purpose} | {_code(used)} |" for name, purpose, used in _modules()]
    lines += ["\n## In the browser\n", "| script | what it uses |", "|---|---|"]
    lines += [f"| `{name}` | {_code(used)} |" for name, used in _scripts()]
    return "\n".join(lines) + "\n" + _AFTER


def uses(module: ast.Module) -> set[str]:
    """What a module takes from libraries of cryptography: "hashlib.sha256", "cryptography: ec.SECP256R1"."""
    names: dict[str, str] = {}  # a name in the module -> as it is told
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {each.asname or each.name: each.name for each in node.names if _library(each.name)}
        elif isinstance(node, ast.ImportFrom) and node.module and _library(node.module):
            library = _library(node.module)
            names |= {each.asname or each.name: f"{library}: {each.name}" for each in node.names}
    asked = defaultdict(set)
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            asked[node.value.id].add(node.attr)
    for name, told in names.items():
        found |= {f"{told}.{attribute}" for attribute in asked[name]} or {told}
    return found


def _library(name: str) -> str:
    return next((each for each in LIBRARIES if name == each or name.startswith(f"{each}.")), "")


def _modules() -> Iterator[tuple[str, str, set[str]]]:
    for path in sorted(SOURCE.rglob("*.py")):
        module = ast.parse(path.read_text("utf-8"))
        if used := uses(module):
            told = (ast.get_docstring(module) or "").partition("\n")[0].replace("|", "\\|")
            yield str(path.relative_to(SOURCE)), told, used


def _scripts() -> Iterator[tuple[str, set[str]]]:
    for path in sorted(SOURCE.rglob("*.js")):
        if used := set(_OF_A_BROWSER.findall(path.read_text("utf-8"))):
            yield str(path.relative_to(SOURCE)), used


def _code(used: set[str]) -> str:
    return ", ".join(f"`{each}`" for each in sorted(used))
