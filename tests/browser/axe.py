"""What axe finds wrong on a page for people who see, hear or move otherwise."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
# What is right is not asked for, nor where else a fault could be selected, nor any rule whose own impact, which is
# that of each of its findings, is lower than what is looked for: most of the time goes there.
# Frames, which hold files and no axe, are not asked for an answer: half a second would be waited for each.
# Fetching the styles of a shadow root again would break the page's content security policy.
_RUN = """() => {
  const low = axe._audit.rules.filter((rule) => ["minor", "moderate"].includes(rule.impact));
  const rules = Object.fromEntries(low.map((rule) => [rule.id, { enabled: false }]));
  const how = { resultTypes: ["violations"], selectors: false, preload: false, iframes: false, rules };
  return axe.run(document, how).then((answer) => answer.violations);
}"""


def faults(page: Page) -> list[str]:
    """The serious and critical ones, each with its rule, the piece of the page and what would mend it."""
    # Evaluated by the debugger, so that the page's own content security policy stays switched on.
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(SOURCE.read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_RUN)
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:300]} {each['nodes'][0]['failureSummary'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
