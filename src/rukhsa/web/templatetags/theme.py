"""The theme's colours for what no style sheet reaches: the head of a page, the icons, the manifest."""

import re
from functools import cache
from pathlib import Path
from typing import Final

from django import template

THEME: Final = Path(__file__).parents[1] / "static" / "web" / "theme.css"

register = template.Library()


@register.simple_tag
@cache
def colour(name: str) -> str:
    """The colour that the theme declares as `--name` in its first rule."""
    declared = re.search(rf"--{re.escape(name)}: (#[0-9a-f]+);", THEME.read_text("utf-8"))
    if declared is None:
        raise LookupError(name)
    return declared[1]
