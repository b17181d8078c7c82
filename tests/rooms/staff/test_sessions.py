"""Sessions of the staff end: idle, after a day's work, and when a factor, a post or a password changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rukhsa.accounts.client import pseudonym
from rukhsa.accounts.models import Person
from rukhsa.staff.session import KEPT, SPANS, STAFF, span_of
from rukhsa.staff.tasks import forget
from tests.rooms.staff.conftest import SignedIn, enter, named, noted, stand_still

QUEUE = "/desk/queue/"
Later = Callable[[timedelta], datetime]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> Later:
    """Let time pass, counted from the sign-in."""
    return lambda span: stand_still(monkeypatch, moment + span)


def is_in(browser: Client, page: str = QUEUE) -> bool:
    answer = browser.get(page)
    return answer.status_code == 200 or not answer["Location"].startswith("/desk/sign-in")


def test_a_session_that_is_not_used_ends(signed_in: SignedIn, later: Later) -> None:
    salem = signed_in("salem")
    later(timedelta(minutes=29))
    assert is_in(salem)
    later(timedelta(minutes=58))
    assert is_in(salem)
    later(timedelta(minutes=88, seconds=1))
    assert not is_in(salem)
    assert noted("end-session")[0].detail["why"] == "idle"
    assert not UserSession.objects.filter(user=named("salem")).exists()


def test_a_session_ends_after_twelve_hours_however_busy(signed_in: SignedIn, later: Later) -> None:
    salem = signed_in("salem")
    for quarter in range(1, 48):
        later(timedelta(minutes=15 * quarter))
        assert is_in(salem)
    later(timedelta(hours=12))
    assert not is_in(salem)
    assert noted("end-session")[0].detail["why"] == "absolute"


def test_whoever_changes_accounts_is_asked_again_sooner(signed_in: SignedIn, later: Later) -> None:
    fatima, salem = signed_in("fatima"), signed_in("salem")
    later(timedelta(minutes=16))
    assert not is_in(fatima, "/desk/staff/")
    assert is_in(salem)


def test_the_shortest_of_the_roles_counts(town: list[Person], moment: datetime) -> None:
    assert span_of(named("salem"), at=moment) == STAFF
    for role, name in zip(SPANS, ("fatima", "aisha"), strict=True):
        assert span_of(named(name), at=moment) == SPANS[role]
        assert SPANS[role].idle < STAFF.idle


def test_applicants_keep_their_sessions_for_two_weeks_however_busy(town: list[Person], later: Later) -> None:
    browser = applicant()
    for minutes in range(50, 14 * 24 * 60, 50):
        later(timedelta(minutes=minutes))
        assert browser.get("/session").status_code == browser.post("/session").status_code == 200
    assert browser.get("/applications/").status_code == 200
    later(timedelta(days=14))
    assert browser.get("/applications/").status_code == 302
    assert noted("end-session")[0].detail["why"] == "absolute"


def test_the_session_of_an_applicant_ends_after_an_hour_without_use(town: list[Person], later: Later) -> None:
    browser = applicant()
    later(timedelta(minutes=59))
    assert browser.get("/applications/").status_code == 200
    later(timedelta(minutes=118))
    assert browser.get("/applications/").status_code == 200
    later(timedelta(minutes=178, seconds=1))
    assert browser.get("/applications/").status_code == 302
    assert noted("end-session")[0].detail["why"] == "idle"


def applicant() -> Client:
    """Layla's browser, in which she has signed in just now."""
    browser = Client()
    browser.force_login(Person.objects.create_user("layla@people.example", kind="citizen"))
    return browser


def test_a_session_of_before_there_were_ends_is_over(signed_in: SignedIn) -> None:
    salem = signed_in("salem")
    session = salem.session
    del session[KEPT]
    session.save()
    assert not is_in(salem)


def test_a_session_writes_at_most_once_a_minute(signed_in: SignedIn, later: Later) -> None:
    salem = signed_in("salem")
    later(timedelta(seconds=61))
    assert len(writes_of_the_session(salem)) == 1
    later(timedelta(seconds=100))
    assert writes_of_the_session(salem) == []
    later(timedelta(seconds=122))
    assert len(writes_of_the_session(salem)) == 1


def writes_of_the_session(browser: Client, page: str = "/desk/keys") -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        browser.get(page)
    told = [query["sql"] for query in queries]
    return [sql for sql in told if sql.startswith(("UPDATE", "INSERT")) and "session" in sql.split("SET")[0]]


def test_the_owner_sees_sessions_and_ends_one(signed_in: SignedIn) -> None:
    here, there = signed_in("salem"), signed_in("salem")
    page = here.get("/desk/account/").content.decode()
    assert page.count("Firefox") == 2
    other = UserSession.objects.get(session_key=there.session.session_key)
    assert here.post(f"/desk/account/sessions/{other.pk}/end").status_code == 302
    assert not is_in(there)
    assert is_in(here)
    entry = noted("end-session")[0]
    assert (entry.detail["why"], entry.actor) == ("by-yourself", named("salem").pk)
    assert entry.detail["session"] == pseudonym(other.session_key)


def test_the_owner_ends_all_others(signed_in: SignedIn) -> None:
    here, *others = (signed_in("salem") for _ in range(3))
    assert here.post("/desk/account/sessions/end-others").status_code == 302
    assert [is_in(each) for each in others] == [False, False]
    assert is_in(here)


def test_nobody_ends_the_session_of_another(signed_in: SignedIn) -> None:
    salem, mariam = signed_in("salem"), signed_in("mariam")
    theirs = UserSession.objects.get(session_key=mariam.session.session_key)
    salem.post(f"/desk/account/sessions/{theirs.pk}/end")
    assert is_in(mariam)


def test_a_factor_that_changes_ends_the_other_sessions(signed_in: SignedIn, later: Later) -> None:
    from allauth.mfa.signals import authenticator_added

    here, there = signed_in("salem"), signed_in("salem")
    factor = Authenticator.objects.get(user=named("salem"))
    request = here.get("/desk/account/").wsgi_request
    authenticator_added.send(sender=Authenticator, request=request, user=named("salem"), authenticator=factor)
    assert not is_in(there)
    assert is_in(here)
    assert noted("add-factor")[0].detail["method"] == "totp"


def test_a_session_that_was_ended_is_gone_from_the_database(signed_in: SignedIn) -> None:
    here, there = signed_in("salem"), signed_in("salem")
    here.post("/desk/account/sessions/end-others")
    assert not Session.objects.filter(session_key=there.cookies["rukhsa-session"].value).exists()


def test_removing_the_code_by_the_page_ends_the_others(signed_in: SignedIn) -> None:
    here, there = signed_in("salem"), signed_in("salem")
    Authenticator.objects.create(user=named("salem"), type=Authenticator.Type.WEBAUTHN, data={})
    session = here.session
    session["account_authentication_methods"] = [
        each | {"reauthenticated": True} for each in session["account_authentication_methods"]
    ]
    session.save()
    assert here.post("/desk/proofs/code/remove").status_code == 302
    assert not is_in(there)
    assert noted("remove-factor")[0].actor == named("salem").pk


def test_what_is_over_is_forgotten_and_what_is_open_stays(signed_in: SignedIn) -> None:
    here, there = signed_in("salem"), signed_in("mariam")
    key = there.session.session_key
    Session.objects.filter(session_key=key).update(expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    forget(timestamp=0)
    assert [each.user for each in UserSession.objects.all()] == [named("salem")]
    assert is_in(here)


def test_a_session_is_random_new_at_each_sign_in_and_known_to_the_server_alone(
    town: list[Person], moment: datetime
) -> None:
    """One that was there before the sign-in is worth nothing afterwards, and one that was made up nothing at all."""
    planted = Client(headers={"accept": "text/html", "user-agent": "Firefox"})
    planted.session.save()
    before = planted.cookies[settings.SESSION_COOKIE_NAME].value
    enter(planted, "salem", moment)
    assert planted.cookies[settings.SESSION_COOKIE_NAME]["httponly"], "no script reads it"
    after = planted.cookies[settings.SESSION_COOKIE_NAME].value
    assert before != after
    assert not Session.objects.filter(pk=before).exists()
    others = [SessionStore()._get_new_session_key() for _ in range(200)]
    assert len({after, *others}) == 201
    assert {len(each) for each in (after, *others)} == {32}
    assert len(set("".join(others))) == 36  # log2(36 ** 32) = 165 bits
    for made_up in (before, others[0]):
        forged = Client()
        forged.cookies[settings.SESSION_COOKIE_NAME] = made_up
        assert not is_in(forged)
    Session.objects.filter(pk=after).delete()
    assert not is_in(planted)
