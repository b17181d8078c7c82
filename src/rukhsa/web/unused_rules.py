"""Leaves out of a style sheet the rules that no page of it can meet: what they ask for stands nowhere in its pages."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import tinycss2
from tinycss2.ast import Node

# Every word of templates, scripts and modules may be a class or a value, wherever it stands in them.
_WORD: Final = re.compile(r"[A-Za-z0-9][\w-]*")
# A group of rules within which rules are left out one by one; any other at-rule stands as it is.
_GROUPS: Final = frozenset({"layer", "media", "supports", "container"})


def without_unused_rules(styles: str, readers: str) -> str:
    """The styles without the rules whose every selector asks for something that is no word of `readers`.

    That is a class, or a value of a `data-` attribute. What stands within `:is()`, `:not()` and the like is not looked
    at. A word that ends with a hyphen, as in `class="state-{{ state }}"`, stands for all that begin so.
    """
    words = frozenset(_WORD.findall(readers))
    beginnings = tuple(word for word in words if word.endswith("-"))
    rules = tinycss2.parse_stylesheet(styles, skip_comments=True)
    return "".join(_kept(rules, words, beginnings))


def _kept(rules: Iterable[Node], words: frozenset[str], beginnings: tuple[str, ...]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword in _GROUPS and rule.content is not None:
            within = "".join(_kept(tinycss2.parse_rule_list(rule.content), words, beginnings))
            if within.strip():
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{within}}}"
        elif rule.type == "qualified-rule":
            selectors = [each for each in _selectors(rule.prelude) if _can_meet(each, words, beginnings)]
            if selectors:
                told = ",".join(tinycss2.serialize(each).strip() for each in selectors)
                yield f"{told}{{{tinycss2.serialize(rule.content).strip()}}}"
        else:
            yield rule.serialize()


def _selectors(prelude: Sequence[Any]) -> Iterator[list[Any]]:
    """The selectors of a rule, which commas part."""
    selector: list[Any] = []
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            yield selector
            selector = []
        else:
            selector.append(token)
    yield selector


def _can_meet(selector: Sequence[Any], words: frozenset[str], beginnings: tuple[str, ...]) -> bool:
    return all(name in words or name.startswith(beginnings) for name in _asked(selector))


def _asked(selector: Sequence[Any]) -> Iterator[str]:
    """The classes of a selector, and the values that it asks of `data-` attributes."""
    dot = False
    for token in selector:
        if dot and token.type == "ident":
            yield token.value
        dot = token.type == "literal" and token.value == "."
        if token.type == "[] block":
            names = [each.value for each in token.content if each.type in {"ident", "string"}]
            has_value = any(each.type == "literal" and each.value == "=" for each in token.content)
            if has_value and len(names) == 2 and names[0].startswith("data-"):
                yield names[1]
