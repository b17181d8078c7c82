"""The accessibility faults that axe finds on a page."""

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

# What `python -m tools accessibility` makes the accessibility statement from.
RESULTS = Path(__file__).parents[2] / "var" / "axe.jsonl"
SOURCE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
# To save time, axe reports faults only, without other selectors, and skips rules whose impact, which is
# that of each of their findings, is lower than what we look for.
# Frames hold files without axe: waiting for their answers would cost half a second each.
# Fetching the styles of a shadow root again would break the page's content security policy.
_RUN = """() => {
  const low = axe._audit.rules.filter((rule) => ["minor", "moderate"].includes(rule.impact));
  const rules = Object.fromEntries(low.map((rule) => [rule.id, { enabled: false }]));
  const how = { resultTypes: ["violations"], selectors: false, preload: false, iframes: false, rules };
  return axe.run(document, how).then((answer) => answer.violations);
}"""


def faults(page: Page) -> list[str]:
    """The serious and critical faults, each with its rule, the element and what would fix it."""
    # Evaluated by the debugger, so that the page's content security policy stays in effect.
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(SOURCE.read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_RUN)
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:300]} {each['nodes'][0]['failureSummary'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def note(address: str, language: str, width: int, found: list[str]) -> None:
    """Add a line on a page state that was examined, without the ids in its address."""
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", address)
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as file:
        line = {"page": page, "language": language, "width": width, "faults": found}
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
