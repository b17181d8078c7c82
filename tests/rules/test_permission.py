"""A permission is asked for with its place, wherever an object is touched; "somewhere" opens menus and doors alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.source import MODULES, SOURCE, name

DESK = SOURCE / "web" / "desk"
TEMPLATES = sorted((SOURCE / "web" / "templates").rglob("*.html"))
# What asks for the place of its object: the actor, the rows that belong to a place, and those who reach by them.
AT_A_PLACE = {
    "holds",
    "require",
    "on_which",
    "of_applicant",
    "authorities_where",
    "agencies_where",
    "committees_where",
}
REACHING = {
    *("reach", "reached", "carry_out", "applications", "attachments", "matters", "try_again"),
    *("agendas_of", "seen_by"),
}
SOMEWHERE = {"holds_somewhere", "require_somewhere"}
# These open a menu, a page or a verb for which there is no object yet.
OPENING = {
    *(
        "web/access.py:_guarded",
        "web/access.py:enter",
        "web/desk/home.py:_first_page",
        "web/desk/home.py:today",  # which lists are counted; each reaches its rows at their places
        "web/desk/menu.py:_places",
    ),
    "personal/lost_device.py:sign_out_applicant",  # an applicant's account belongs to no authority
    "web/templatetags/desk.py:holds_somewhere",
}
# What belongs to no authority: the verb that proposes a text of a service asks, and a gateway has one account for all.
OF_THE_TERRITORY = {
    *("catalogue.py:edit", "fees.py:change", "gateways.py:ask"),
    *("powers_of_attorney.py:show", "powers_of_attorney.py:open_file"),  # a deed belongs to no one authority
}
OF_ONESELF = {"account.py:end_session"}  # found among the reader's own
MENUS = {"desk/desk.html", "desk/money.html", "desk/charge.html", "desk/queue.html", "desk/figures.html"}


def test_the_actor_is_asked_with_a_place() -> None:
    assert [each for path in MODULES for each in placeless(path.read_text(), _name(path))] == []


def test_somewhere_is_followed_by_the_place_of_the_object() -> None:
    outside = [path for path in MODULES if "authorities" not in path.parts]
    assert {each for path in outside for each in only_somewhere(path.read_text(), _name(path))} == OPENING


def test_every_page_of_the_desk_about_an_object_reaches_it_at_its_place() -> None:
    found = {
        each for path in sorted(DESK.glob("*.py")) for each in unplaced_views(path.read_text(), path.name)
    }
    assert found == OF_THE_TERRITORY | OF_ONESELF


def test_nobody_reads_the_powers_of_an_actor_or_makes_one_by_hand() -> None:
    outside = [path for path in MODULES if "authorities" not in path.parts]
    assert [f"{_name(path)}:{line}" for path in outside for line in by_hand(path.read_text())] == []


def test_templates_ask_for_somewhere_in_menus_alone() -> None:
    asking = {str(path.relative_to(SOURCE / "web" / "templates")) for path in TEMPLATES
              if "holds_somewhere" in path.read_text()}  # fmt: skip
    assert asking == MENUS
    known = {"person", "company", "represented", "is_staff"}
    read = {name for path in TEMPLATES for name in re.findall(r"(?<![.\w])actor\.(\w+)", path.read_text())}
    assert read <= known


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("placeless", "def f(actor):\n    actor.require(Permission.REVOKE)"),
        ("placeless", "def f(request):\n    return request.actor.holds(Permission.REVOKE)"),
        ("only_somewhere", "def f(actor, it):\n    actor.require_somewhere(Permission.REVOKE)\n    end(it)"),
        ("unplaced_views", "@requires(Permission.CHECK)\ndef f(request, pk):\n    return Charge.objects.get(pk=pk)"),
        ("by_hand", "def f(person):\n    return Actor(person=person, powers=every)"),
        ("by_hand", "def f(actor):\n    return Permission.REVOKE in {what for _where, what in actor.powers}"),
    ],
)  # fmt: skip
def test_what_the_rules_forbid_is_found(rule: str, code: str) -> None:
    rules = {"placeless": placeless, "only_somewhere": only_somewhere, "unplaced_views": unplaced_views}
    assert list(by_hand(code) if rule == "by_hand" else rules[rule](code, "a.py"))


def placeless(code: str, name: str) -> Iterator[str]:
    """Calls of an actor's `holds` and `require` that name no place."""
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        asks = node.func.attr in {"holds", "require"} and _last(node.func.value) == "actor"
        if asks and [each.arg for each in node.keywords] != ["at"]:
            yield f"{name}:{node.lineno}"


def only_somewhere(code: str, name: str) -> Iterator[str]:
    """Functions that ask for a permission somewhere, and never at a place."""
    functions = {each.name: each for each in _functions(ast.parse(code))}
    for function in functions.values():
        called = _all_called(function, functions)
        if _called(function) & SOMEWHERE and not called & (AT_A_PLACE | REACHING):
            yield f"{name}:{function.name}"


def unplaced_views(code: str, name: str) -> Iterator[str]:
    """Views with an object in their address that reach it, themselves or by their module, at no place."""
    functions = {each.name: each for each in _functions(ast.parse(code))}
    for function in functions.values():
        declared = {_last(each.func) for each in function.decorator_list if isinstance(each, ast.Call)}
        declared |= {_last(each) for each in function.decorator_list}
        is_about_an_object = declared & {"requires", "signed_in"} and len(function.args.args) > 1
        if is_about_an_object and not _all_called(function, functions) & (AT_A_PLACE | REACHING):
            yield f"{name}:{function.name}"


def by_hand(code: str) -> Iterator[int]:
    """Where an actor is made, or the powers of one are read."""
    for node in ast.walk(ast.parse(code)):
        made = isinstance(node, ast.Call) and _last(node.func) == "Actor"
        if made or (isinstance(node, ast.Attribute) and node.attr == "powers"):
            yield node.lineno


def _all_called(function: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> set[str]:
    seen, waiting = {function.name}, [function]
    called: set[str] = set()
    while waiting:
        here = _called(waiting.pop())
        called |= here
        waiting += [functions[name] for name in here - seen if name in functions]
        seen |= here
    return called


def _called(function: ast.FunctionDef) -> set[str]:
    body = [node for statement in function.body for node in ast.walk(statement)]
    calls = {_last(node.func) for node in body if isinstance(node, ast.Call)}
    # `map(actor.holds_somewhere, …)` names it without calling it.
    return calls | {node.attr for node in body if isinstance(node, ast.Attribute) and node.attr in SOMEWHERE}


def _functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef))


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _name(path: Path) -> str:
    return name(path)
