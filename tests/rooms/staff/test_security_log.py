"""The security log has every sign-in, failure, refusal, factor and session, in the journal and as lines."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from rukhsa.accounts.client import pseudonym
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission, Role
from rukhsa.audit.journal import record_about, record_event
from rukhsa.audit.models import JournalEntry
from rukhsa.audit.security import Event, is_security
from rukhsa.authorities import scope
from rukhsa.authorities.models import Post
from rukhsa.staff import change
from rukhsa.staff.change import Wanted
from rukhsa.web.access import PortalRequest
from rukhsa.web.access import signed_in as whoever
from rukhsa.web.desk.entries import ACTS
from rukhsa_rehearsal.known_secrets import code_of
from tests.rooms.staff.conftest import SignedIn, acting, named, noted

SALEM = {"login": "salem@mun.example", "password": "salem-of-the-town"}


@whoever
def _changes_and_is_refused(request: PortalRequest) -> HttpResponse:
    with transaction.atomic():
        Person.objects.filter(pk=request.actor.person.pk).update(phone="999")
        request.actor.require(Permission.REVOKE, at=scope.authority("CAP"))
    return HttpResponse()


urlpatterns = [
    path("", include("rukhsa.project.urls")),
    path("refused-within", _changes_and_is_refused, name="refused-within"),
]


def test_a_sign_in_is_noted_with_its_methods(signed_in: SignedIn) -> None:
    signed_in("salem")
    entry = noted("sign-in")[0]
    assert entry.actor == named("salem").pk
    told = {"method": "password+totp", "network": "127.0.0.0/24", "authorities": ["CAP", "MUH"]}
    assert entry.detail == told  # of both authorities in which he holds posts


def test_a_sign_out_is_noted(signed_in: SignedIn) -> None:
    signed_in("salem").post("/sign-out")
    assert noted("sign-out")[0].actor == named("salem").pk


def test_a_wrong_password_is_noted_of_the_account_and_as_done_by_nobody(town: list[Person]) -> None:
    Client().post("/desk/sign-in", SALEM | {"password": "wrong"})
    entry = noted("fail-sign-in")[0]
    assert (entry.actor, entry.subject) == (None, str(named("salem").pk))


def test_an_unknown_mail_address_is_noted_by_its_pseudonym_alone(town: list[Person]) -> None:
    Client().post("/desk/sign-in", SALEM | {"login": "stranger@mun.example"})
    entry = noted("fail-sign-in")[0]
    assert (entry.subject_kind, entry.subject) == ("account", pseudonym("Stranger@mun.example"))
    assert "stranger" not in json.dumps(entry.detail)


def test_a_wrong_code_is_noted(town: list[Person], moment: datetime) -> None:
    browser = Client()
    browser.post("/desk/sign-in", SALEM)
    wrong = f"{(int(code_of(SALEM['login'], at=moment)) + 1) % 1_000_000:06d}"
    browser.post("/desk/sign-in/proof", {"code": wrong})
    entry = noted("fail-proof")[0]
    assert (entry.actor, entry.detail["method"]) == (None, "totp")


def test_a_limit_is_noted_once_in_a_while_however_long_somebody_goes_on(
    town: list[Person], moment: datetime
) -> None:
    for _ in range(12):
        Client().post("/desk/sign-in", SALEM | {"password": "wrong"})
    assert [entry.detail["limit"] for entry in noted("reach-limit")] == ["pair"]
    assert len(noted("fail-sign-in")) == 5


def test_a_refusal_is_noted_with_who_and_where(signed_in: SignedIn) -> None:
    assert signed_in("salem").get("/desk/journal/").status_code == 403
    entry = noted("refuse-access")[0]
    assert entry.actor == named("salem").pk
    assert entry.detail["route"] == "desk:journal"
    assert entry.detail["permission"] == "audit:journal:read"


def test_what_is_absent_or_anothers_is_noted_of_the_staff(signed_in: SignedIn) -> None:
    signed_in("salem").get(f"/desk/applications/{UUID(int=7)}/")
    assert noted("refuse-access")[0].detail["why"] == "absent"


@pytest.mark.django_db(transaction=True)
def test_a_refusal_stays_when_what_was_done_is_rolled_back(settings: Settings, signed_in: SignedIn) -> None:
    settings.ROOT_URLCONF = __name__
    assert signed_in("salem").get("/refused-within").status_code == 403
    assert named("salem").phone == ""
    entry = noted("refuse-access")[0]
    assert (entry.detail["permission"], entry.detail["authority"]) == ("issuance:instrument:revoke", "CAP")


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_writes_no_line(lines: list[dict[str, Any]]) -> None:
    class Undone(Exception): ...

    with pytest.raises(Undone), transaction.atomic():  # noqa: PT012 - the error is the point
        record_event(Event.INVITE, by=None, about="0" * 32, at=timezone.now())
        raise Undone
    assert lines == []


def test_a_line_names_ids_and_pseudonyms_and_nothing_personal(
    town: list[Person],
    moment: datetime,
    lines: list[dict[str, Any]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    browser = Client(REMOTE_ADDR="203.0.113.77", headers={"user-agent": "Canary"})
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/desk/sign-in", SALEM | {"password": "canary-password"})
        browser.post("/desk/sign-in", SALEM)
        browser.post("/desk/sign-in/proof", {"code": code_of(SALEM["login"], at=moment)})
        browser.get("/desk/journal/")
    assert [line["event"] for line in lines] == ["fail-sign-in", "sign-in", "refuse-access"]
    assert lines[1]["by"] == str(named("salem").pk)
    assert lines[1]["entry"] == noted("sign-in")[0].pk
    assert lines[1]["network"] == pseudonym("203.0.113.0/24")
    told = json.dumps(lines).lower()
    for personal in ("salem", "mun.example", "203.0.113", "canary", "سالم"):
        assert personal not in told


def test_what_is_done_with_keys_belongs_to_the_log(town: list[Person]) -> None:
    record_about("create-key", "issuance.key", "CAP/seal", at=timezone.now(), operator="root")
    record_about("see-queue", "issuance.key", "CAP/seal", at=timezone.now())
    assert [entry.act for entry in JournalEntry.objects.filter(is_security=True)] == ["create-key"]


def test_every_export_and_every_key_of_a_system_belongs_to_the_log() -> None:
    """But what a person takes of their own data: it is told in their own journal."""
    about = [act for act in ACTS if act.startswith("export-") or act.endswith(("-relying-key", "-webhook"))]
    assert len(about) > 10
    assert [act for act in about if not is_security(act)] == ["export-own-data"]


def test_the_security_officer_reads_it_filtered(signed_in: SignedIn) -> None:
    salem = signed_in("salem")
    salem.get("/desk/journal/")
    aisha = signed_in("aisha")
    page = aisha.get("/desk/security/").content.decode()
    assert "Was refused access" in page
    only = aisha.get(
        "/desk/security/", {"kind": "sign-in", "person": str(named("salem").pk)}
    ).content.decode()
    assert only.count('<th scope="row">') == 1
    today = timezone.localdate()
    assert (
        "Was refused access</td>" in aisha.get("/desk/security/", {"day": today.isoformat()}).content.decode()
    )
    empty = aisha.get("/desk/security/", {"day": today.replace(year=today.year - 1, day=1).isoformat()})
    assert "No matching entries." in empty.content.decode()


def test_the_log_is_read_in_arabic_too(signed_in: SignedIn) -> None:
    aisha = signed_in("aisha")
    aisha.cookies["rukhsa-language"] = "ar"
    assert "سجل الأمن" in aisha.get("/desk/security/").content.decode()


def test_nobody_but_the_security_officer_reads_it(signed_in: SignedIn) -> None:
    for name in ("salem", "mariam", "fatima"):
        assert signed_in(name).get("/desk/security/").status_code == 403


def test_a_security_officer_reads_of_the_own_authority_alone(signed_in: SignedIn) -> None:
    aisha = signed_in("aisha")
    Post.objects.filter(person=named("aisha"), authority="MUH").delete()
    Post.objects.filter(person=named("yusuf"), authority="CAP").delete()
    at = timezone.now()
    for about, authority in ((named("yusuf"), ""), (named("salem"), "MUH"), (named("huda"), "CAP")):
        record_event(
            Event.GIVE_POST,
            by=named("fatima") if authority else None,
            about=about,
            at=at,
            authority=authority,
        )
    page = aisha.get("/desk/security/", {"kind": "give-post"}).content.decode()
    table = page[page.index("<tbody>") :]
    assert "Huda" in table
    assert "Yusuf" not in table
    assert "Salem" not in table


def test_the_log_goes_out_as_a_file_and_that_is_noted(signed_in: SignedIn) -> None:
    aisha = signed_in("aisha")
    at = timezone.now()
    record_event(Event.REFUSE_ACCESS, by=None, about=named("salem"), at=at, route="=cmd|' /C calc'!A0")
    answer = aisha.post("/desk/security/file", {"kind": "refuse-access"})
    assert answer["Content-Type"].startswith("text/csv")
    assert "'=cmd" in answer.content.decode()
    assert noted("export-security-log")[0].actor == named("aisha").pk


def test_a_page_of_the_log_reads_no_whole_table(town: list[Person]) -> None:
    at = timezone.now()
    rows = [
        JournalEntry(at=at, actor=named("salem").pk, act="see-queue", subject_kind="x", subject=str(number))
        for number in range(20_000)
    ]
    JournalEntry.objects.bulk_create(rows)
    for _ in range(200):
        record_event(Event.SIGN_IN, by=named("salem"), about=named("salem"), at=at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_journalentry")
    from rukhsa.web.desk.security import Sought, _entries

    aisha = acting("aisha", at=at)
    for sought in (
        Sought(event="", person="", day=None),
        Sought(event="sign-in", person="", day=None),
        Sought(event="", person=str(named("salem").pk), day=None),
        Sought(event="", person="", day=timezone.localdate()),
    ):
        plan = _entries(aisha, sought).order_by("-pk")[:51].explain()
        assert "Seq Scan on audit_journalentry" not in plan, plan


def test_a_proposal_stands_in_the_log_with_the_person_it_is_about(signed_in: SignedIn) -> None:
    wanted = Wanted(role=Role.SUPERVISOR, authority="CAP", starts_on=timezone.localdate())
    change.give(named("yusuf"), wanted, actor=acting("fatima", at=timezone.now()), at=timezone.now())
    page = signed_in("aisha").get("/desk/security/", {"kind": "propose-staffchange"}).content.decode()
    assert "Yusuf</bdi></td>" in page[page.index("<tbody>") :]
