"""No question of a shipped definition has the name of a button or of a hidden field on its page."""

import re

from rukhsa.project.config import PROJECT
from rukhsa.web.portal.offers import USE
from tests.rules.source import SOURCE

NAME = re.compile(r'name="([a-z_]+)"')
QUESTION = re.compile(r"^ *- (?:\{)?id: ([a-z0-9-]+)", re.MULTILINE)
ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
TEMPLATES = sorted((SOURCE / "web/templates/portal").glob("section*.html")) + [
    SOURCE / "web/templates/portal" / name for name in ("offers.html", "unsaved.html", "clash.html")
]


def test_no_question_has_the_name_of_a_control_of_its_page() -> None:
    controls = {name for path in TEMPLATES for name in NAME.findall(path.read_text("utf-8"))}
    assert {"on", "later", "page", USE} <= controls
    definitions = sorted(PROJECT.glob("territories/*/services/*.yaml"))
    ids = {id for path in definitions for id in QUESTION.findall(path.read_text("utf-8"))}
    assert {"place", "use", "parcel"} <= ids
    assert not controls & ids
    assert not ID.fullmatch(USE)
