"""What follows from an act follows from its verb: verbs queue `journey.advance`, and `advance` alone tells."""

import ast
from collections.abc import Iterator

import pytest

from tests.rules.source import MODULES, SOURCE, dotted, functions, name, tree

PAGES = [path for path in MODULES if path.is_relative_to(SOURCE / "web")]
# Pages call verbs: they run no journey, queue no job and write to no one.
NOT_FOR_PAGES = (
    "rukhsa.journey",
    "rukhsa.jobs",
    "rukhsa.delivery.notice",
    "rukhsa.staff.letter",
    "procrastinate",
)
QUEUE = {"advance", "advance_now", "advance_soon", "advance_later", "run_later", "run_named_later"}
# A view that reads much is atomic as a whole; a page that opens a transaction joins acts that are one verb.
TRANSACTION = "with transaction.atomic()"
# The order of the whole life, and what it is made of.
TELL = {
    *("rukhsa.journey", "rukhsa.assessment", "rukhsa.lapsing", "rukhsa.sweeps"),
    *(
        "rukhsa.violations.violation",
        "rukhsa.violations.withdrawal",
    ),  # it has a holder, and no journey of its own
}


def test_no_page_says_what_follows_from_an_act() -> None:
    assert {name(path): found for path in PAGES if (found := sorted(forbidden(tree(path))))} == {}


def test_a_page_calls_the_modules_of_verbs_by_their_names() -> None:
    assert {name(path): found for path in PAGES if (found := sorted(renamed(tree(path))))} == {}


def test_no_verb_is_given_what_comes_after_it() -> None:
    assert {name(path): found for path in MODULES if (found := sorted(callbacks(tree(path))))} == {}


def test_applicants_are_told_by_the_journey_alone() -> None:
    telling = {dotted(path) for path in MODULES if "rukhsa.delivery.notice.tell" in set(imported(tree(path)))}
    assert telling == TELL


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("from rukhsa import applying", set()),
        ("from rukhsa import applying, journey", {"rukhsa.journey"}),
        ("from rukhsa.jobs import advance_soon", {"rukhsa.jobs"}),
        ("from rukhsa.delivery.notice import tell", {"rukhsa.delivery.notice"}),
        ("import procrastinate.contrib.django", {"procrastinate"}),
        ("def show():\n    journey.advance_soon(pk)", {"advance_soon"}),
        ("def show():\n    call = run_later", {"run_later"}),
        ("@transaction.atomic\ndef show(): ...", set()),
        ("with transaction.atomic():\n    start()\n    save()", {TRANSACTION}),
    ],
)
def test_a_page_that_says_it_is_found(page: str, found: set[str]) -> None:
    assert set(forbidden(ast.parse(page))) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def hear(*, then=None): ...", {"hear"}),
        ("def hear(then): ...", {"hear"}),
        ("hear(letter, then=told.append)", {"then="}),
        ("Case(When(stands, then=original))", set()),
    ],
)
def test_what_is_given_to_come_after_is_found(source: str, found: set[str]) -> None:
    assert set(callbacks(ast.parse(source))) == found


def test_a_module_under_another_name_is_found() -> None:
    page = ast.parse(
        "from rukhsa.review import decision as deciding, queue\nfrom rukhsa.values.names import Text as Name\n"
    )
    assert list(renamed(page)) == ["rukhsa.review.decision as deciding"]


def renamed(page: ast.Module) -> Iterator[str]:
    """The modules of ours that a page imports under another name; a class or function may have one."""
    modules = {dotted(path) for path in MODULES}
    for node in ast.walk(page):
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                if each.asname and f"{node.module}.{each.name}" in modules:
                    yield f"{node.module}.{each.name} as {each.asname}"


def forbidden(page: ast.Module) -> Iterator[str]:
    """What a page imports or names that is no page's business."""
    for module in imported(page):
        yield from (each for each in NOT_FOR_PAGES if module == each or module.startswith(f"{each}."))
    for node in ast.walk(page):
        if isinstance(node, ast.Name | ast.Attribute):
            said = node.id if isinstance(node, ast.Name) else node.attr
            yield from {said} & QUEUE
        if isinstance(node, ast.With) and any("atomic" in ast.dump(item) for item in node.items):
            yield TRANSACTION


def callbacks(module: ast.Module) -> Iterator[str]:
    """The functions that take what comes after them, and the calls that give it; SQL's CASE WHEN … THEN is none."""
    for function in functions(module):
        arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
        yield from (function.name for each in arguments if each.arg == "then")
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id == "When"):
            yield from (f"{each.arg}=" for each in node.keywords if each.arg == "then")


def imported(module: ast.Module) -> Iterator[str]:
    """The name of each module that another imports, or imports from."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)
