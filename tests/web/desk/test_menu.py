"""The desk's menu: few groups, the current place marked, what waits counted, and no more statements than before."""

import re

from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.authorities.actor import actor_for
from rukhsa.issuance.issuing_stop import stop_issuing
from rukhsa.issuance.models import Instrument
from rukhsa.issuance.suspension import propose_suspension
from rukhsa.review.assignment import assign
from rukhsa.web.desk.menu import AT_HAND, GROUPS, menu_of
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import person


def at(name: str, *args: object) -> str:
    return reverse(f"desk:{name}", args=args)


def menu(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return page[page.index('<details class="desk-menu"') : page.index("</nav>", page.index("desk-menu"))]


def test_a_supervisor_has_a_few_groups_and_an_inspector_none(mariam: Client, yusuf: Client) -> None:
    groups = re.findall(r"<summary[^>]*>([^<]+?)\s*<", menu(mariam, at("queue")))
    assert groups == ["Menu", "Work", "Documents", "Money", "People", "Oversight", "Settings"]
    assert "desk-group" not in menu(yusuf, at("inspections"))


def test_the_page_and_its_group_are_marked_and_so_is_where_a_case_belongs(
    mariam: Client, application: Application
) -> None:
    shown = menu(mariam, at("journal"))
    assert re.search(r'journal/"\s+accesskey="j"\s+aria-current="page"', shown)
    assert re.search(r'is-current">Oversight', shown)
    assert shown.count("is-current") == 1
    inside = menu(mariam, at("application", application.pk))
    assert re.search(r'queue/"\s+accesskey="q"\s+aria-current="true"', inside)


def test_what_waits_is_counted_beside_the_page_on_which_it_stands(
    mariam: Client, instrument: Instrument, application: Application
) -> None:
    assert "desk-count" not in menu(mariam, at("queue"))
    by = works.act_as(person("salem", works.authority()))
    propose_suspension(instrument, "A complaint", actor=by, at=SUNDAY)
    assign(application, works.act_as(person("mariam", works.authority())), SUNDAY)
    shown = menu(mariam, at("queue"))
    assert re.search(r"Today\s+<span[^>]+>1</span>\s+<span[^>]+>waiting for a second person", shown)
    assert re.search(r"Queue\s+<span[^>]+>1</span>\s+<span[^>]+>in your hand", shown)


def test_what_waits_and_a_stop_of_issuing_are_counted_in_one_statement(
    db: None, django_assert_num_queries: object
) -> None:
    actor = actor_for(person("mariam", works.authority()), at=SUNDAY)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert menu_of(actor, "/desk/queue/", at=SUNDAY).stop is None
    stop_issuing(reason="A key was lost", operator="root", at=SUNDAY)
    stopped = menu_of(actor, "/desk/queue/", at=SUNDAY).stop
    assert stopped is not None
    assert stopped.reason == "A key was lost"


def test_no_page_stands_in_the_menu_twice() -> None:
    names = [page.name for page in AT_HAND] + [page.name for _label, pages in GROUPS for page in pages]
    assert len(names) == len(set(names))
