"""The institution runs without a shell: no page for operators asks for one."""

import re

from rukhsa.project.config import PROJECT

OPERATING = PROJECT / "docs" / "operating"
# Of Django, of Procrastinate and of PostgreSQL; the login shell of a system user is none of these.
SHELL = re.compile(r"rukhsa (\w+ )?(db)?shell\b|manage\.py (\w+ )?(db)?shell\b|\bpsql\b")


def test_no_page_of_operating_asks_for_a_shell() -> None:
    pages = sorted(OPERATING.rglob("*.md"))
    assert len(pages) > 10
    found = {page.name: hits for page in pages if (hits := shells_in(page.read_text()))}
    assert found == {}


def test_a_page_that_asks_for_one_is_found() -> None:
    asked = "`rukhsa shell`, `rukhsa procrastinate shell retry ID`, `manage.py dbshell`, psql --shell /usr/sbin/nologin"
    assert shells_in(asked) == ["rukhsa shell", "rukhsa procrastinate shell", "manage.py dbshell", "psql"]


def shells_in(text: str) -> list[str]:
    """What of a text opens a shell."""
    return [found[0] for found in SHELL.finditer(text)]
