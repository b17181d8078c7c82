"""The style sheets of a page, and the theme's colours where no sheet reaches: head of a page, icons, manifest."""

import re
from functools import cache
from pathlib import Path
from typing import Final

from django import template

from rukhsa.web import first_visit

THEME: Final = Path(__file__).parents[1] / "static" / "web" / "theme.css"

register = template.Library()
register.simple_tag(first_visit.sheet, takes_context=True)
register.simple_tag(first_visit.fetched_meanwhile, takes_context=True)


@register.simple_tag
@cache
def colour(name: str) -> str:
    """The colour that the theme declares as `--name` in its first rule."""
    declared = re.search(rf"--{re.escape(name)}: (#[0-9a-f]+);", THEME.read_text("utf-8"))
    if declared is None:
        raise LookupError(name)
    return declared[1]
