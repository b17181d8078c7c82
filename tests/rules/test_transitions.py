"""The transitions in the tables are possible, no others are, and no module goes round the tables."""

import ast
from itertools import product

import pytest

from rukhsa.applications.stages import TRANSITIONS, Act, NotPossible, Stage, after
from rukhsa.payments import attempt
from rukhsa.payments.gateways.port import Fate
from rukhsa.payments.models import Attempt
from tests.rules.source import MODULES, SOURCE, tree

# `move` in application.py asks the table; stages.py keeps the stage in its error.
MAY_SET_A_STAGE = {"applications/application.py", "applications/stages.py"}
# outcome.py asks the table; collection.py records what we did ourselves: the page was given, or could not be.
# agreement.py and payout.py set other states, those of what two people agree on.
MAY_SET_A_STATE = {"payments/outcome.py", "payments/collection.py", "payments/payout.py", "agreement.py"}


@pytest.mark.parametrize(("stage", "act"), [*product(Stage, Act)])
def test_an_act_leads_where_the_table_says_or_nowhere(stage: Stage, act: Act) -> None:
    if (stage, act) in TRANSITIONS:
        assert after(stage, act) == TRANSITIONS[stage, act]
    else:
        with pytest.raises(NotPossible):
            after(stage, act)


def test_every_stage_is_reached_from_a_draft() -> None:
    reached = {Stage.DRAFT}
    for _ in Stage:
        reached |= {end for (start, _), end in TRANSITIONS.items() if start in reached}
    assert reached == set(Stage)


@pytest.mark.parametrize(("state", "fate"), [*product(Attempt.State, Fate)])
def test_a_word_of_a_gateway_leads_where_the_table_says_or_changes_nothing(
    state: Attempt.State, fate: Fate
) -> None:
    assert attempt.after(state, fate) == attempt.TRANSITIONS.get((state, fate), state)


def test_only_the_table_moves_an_application() -> None:
    found = {_name(path) for path in MODULES if "stage" in _assigned(tree(path))}
    assert found == MAY_SET_A_STAGE


def test_only_the_table_moves_an_attempt() -> None:
    found = {_name(path) for path in MODULES if "state" in _assigned(tree(path))}
    assert found == MAY_SET_A_STATE


@pytest.mark.parametrize(
    "source",
    ["a.stage = 1", "a.stage: int = 1", "rows.filter(pk=1).update(stage=1)", "setattr(a, 'stage', 1)"],
)
def test_a_way_round_the_table_is_found(source: str) -> None:
    assert "stage" in _assigned(ast.parse(source))


def _assigned(module: ast.Module) -> set[str]:
    """Names of attributes and columns that a module writes."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
        ):
            found |= {keyword.arg for keyword in node.keywords if keyword.arg}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            found |= {each.value for each in node.args[1:2] if isinstance(each, ast.Constant)}
    return found


def _name(path: object) -> str:
    return str(path).removeprefix(f"{SOURCE}/")
