"""A reader of the journal reads words: every recorded act has some, in every language."""

import ast
from collections.abc import Iterator

from django.apps import apps

from rukhsa.agreement import Agreement
from rukhsa.applications.stages import Act
from rukhsa.web.desk.entries import ACTS
from tests.rules.source import MODULES, tree

RECORDS = {"record", "record_each", "record_about"}


def recorded() -> Iterator[str]:
    """The acts that the code names where it writes to the journal, and those of agreements and steps."""
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in RECORDS:
                act = node.args[0]
                if isinstance(act, ast.Constant) and isinstance(act.value, str):
                    yield act.value
    agreements = (model for model in apps.get_models() if issubclass(model, Agreement))
    for kind in (each for each in agreements if each.journal is Agreement.journal):
        yield from (f"{act}-{kind._meta.model_name}" for act in ("propose", "approve", "refuse"))
    yield from (act.value for act in Act)


def test_every_act_of_the_journal_has_words() -> None:
    acts = set(recorded())
    assert len(acts) > 90
    assert acts - set(ACTS) == set()


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
