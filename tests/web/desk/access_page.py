"""Who may open what at the desk, in docs/security/access.md; `python -m tests.web.desk.access_page` writes it."""

from collections.abc import Set
from pathlib import Path
from typing import Final

from rukhsa.accounts.permissions import Role
from tests.web.desk.allowed import DOORS, LISTS, OF_THE_TERRITORY

PAGE: Final = Path(__file__).parents[3] / "docs/security/access.md"
AUTHORITIES: Final = 2  # of the matrix: a post opens nothing at the other one


def counted() -> tuple[int, int, int]:
    """How many routes there are, in how many ways they are entered, and how many answers the matrix knows."""
    ways = len(DOORS) + len(LISTS)
    routes = {*(door.route for door in DOORS), *LISTS, *OF_THE_TERRITORY}
    return len(routes), ways, ways * len(Role) * AUTHORITIES


def page() -> str:
    """The page of the docs."""
    routes, ways, answers = counted()
    opened: dict[str, list[str]] = {}
    for door in DOORS:
        verb = "POST" if door.posted is not None else "GET"
        way = f"{verb} {door.after}".strip()
        opened.setdefault(door.route, []).append(f"{way}: {_posts(door.opens)}")
    for route, listing in LISTS.items():
        opened.setdefault(route, []).append(f"list: {_posts(listing.readers)}")
    rows = [f"| {route} | {'<br>'.join(opened[route])} |" for route in sorted(opened)]
    return "\n".join(
        [
            "# Who may open what at the desk",
            "",
            "Written by `python -m tests.web.desk.access_page` from the table that the tests try"
            " (`tests/web/desk/allowed.py`). The table reads nothing of the product.",
            "",
            f"- {routes} routes: {routes - len(OF_THE_TERRITORY)} show what belongs to an authority or an agency,"
            " and the others what all share, or one's own.",
            f"- {ways} ways to enter these: by reading or by sending a form, and for lists what they show.",
            f"- {len(Role)} kinds of posts, at the authority of the object and at another one.",
            f"- **{answers:,} answers**: {ways} ways × {len(Role)} posts × {AUTHORITIES} authorities. A post opens"
            " a way where it stands in the row, at its own authority alone.",
            "",
            "`tests/web/desk/test_two_posts.py` tries every way that opens one by one, and every way that stays closed"
            " with all the other posts together: what fewer posts would open, more would open too.",
            "",
            "| route | posts that open it |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def _posts(roles: Set[Role]) -> str:
    return ", ".join(role for role in Role if role in roles)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
