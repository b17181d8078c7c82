"""Scripts that stand on one page share one scope, where a name that is declared twice stops the second of them."""

import re
from collections import Counter
from functools import cache

from tests.rules.source import SOURCE

WEB = SOURCE / "web"
SCRIPT = re.compile(
    r"<script(?P<more>[^>]*?)src=\"{% static '(?P<file>(?:web|desk)/[^']+)' %}\"(?P<rest>[^>]*)>"
)
PART = re.compile(r"{% (?:include|extends) [\"']([^\"']+)[\"']")
BY_A_TAG = {"{% session_end %}": "web/session_end.html"}
FUNCTION = re.compile(r"^(?:async )?function\*? (\w+)", re.MULTILINE)
VALUE = re.compile(r"^(?:const|let|class) .+$", re.MULTILINE)
NAME = re.compile(r"(?:^(?:const|let|class)|,)\s+(\w+)(?=\s*[=,;{])")


def declared(text: str) -> set[str]:
    """The names that a classic script declares for the whole page."""
    values = {name for line in VALUE.findall(text) for name in NAME.findall(line)}
    return {*FUNCTION.findall(text), *values}


@cache
def scripts_of(template: str) -> frozenset[str]:
    """The classic scripts of a template with what it extends and includes; a module has a scope of its own."""
    (path,) = (found for found in SOURCE.glob(f"*/templates/{template}"))
    text = path.read_text("utf-8")
    own = {each["file"] for each in SCRIPT.finditer(text) if "module" not in each["more"] + each["rest"]}
    named = [*PART.findall(text), *(part for tag, part in BY_A_TAG.items() if tag in text)]
    parts = (part for part in named if list(SOURCE.glob(f"*/templates/{part}")))
    return frozenset(own.union(*(scripts_of(part) for part in parts)))


def test_no_two_scripts_of_a_page_declare_one_name() -> None:
    pages = [str(path.relative_to(WEB / "templates")) for path in (WEB / "templates").rglob("*.html")]
    clashing = {}
    met = 0
    for page in pages:
        scripts = scripts_of(page)
        met += len(scripts) > 1
        names = Counter(
            name for script in scripts for name in declared((WEB / "static" / script).read_text("utf-8"))
        )
        if twice := {name for name, count in names.items() if count > 1}:
            clashing[page] = twice
    assert clashing == {}
    assert met > 10


def test_what_a_script_declares_is_seen() -> None:
    assert declared("const a = 1, b = f(2);\nlet c, d = 3;\nfunction e() {\n  const no = 1;\n}") == {
        *"abcde",
    }
