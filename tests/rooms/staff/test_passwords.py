"""Passwords: long, not stolen before, of any kind of characters, and the same wherever one is set."""

from datetime import datetime

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from rukhsa.accounts.models import Person
from rukhsa.staff.invitation import accept, address_of, invite
from rukhsa.staff.password import change_password
from rukhsa_rehearsal.cast import CAST
from tests.rooms.staff.conftest import SignedIn, named, noted

GOOD = "four words nobody knows"
BAD = [
    "short words 14",
    "passwordpassword",
    "PasswordPassword",
    "qwertyuiopasdfgh",
    "111111111111111",
    " " * 20,
    "زز" * 12,
    "-_" * 40,
    "salem@mun.example",
    "Muharraq-Municipality-2026!",
    "rukhsa supervisor 1",
    "بلدية المحرق ٢٠٢٦ رخصة",
]
NOW, NEW = "current", "new"


@pytest.mark.parametrize(
    "password", [GOOD, "كلمات طويلة لا يعرفها أحد", "a" * 7 + " " + "b" * 7 + " zq", "x7-" * 40]
)
def test_a_long_password_of_any_kind_is_taken(password: str) -> None:
    validate_password(password)


@pytest.mark.parametrize(
    "password", ["Muharraq-Municipality-2026!", "rukhsa supervisor 1", "kingdom bahrain 123"]
)
def test_it_is_the_words_of_the_place_that_are_refused(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert [error.code for error in refused.value.error_list] == ["of-the-place"]
    validate_password(f"{password} quince jam")


@pytest.mark.parametrize("password", BAD)
def test_a_bad_one_is_refused_on_every_way_in(
    password: str, signed_in: SignedIn, town: list[Person], moment: datetime
) -> None:
    salem = named("salem")
    with pytest.raises(ValidationError):
        Person.objects.create_user("salem@ewa.example", password, kind="staff", name_en="Salem")
    with pytest.raises(ValidationError):
        change_password(salem, password, session="", at=moment)
    with pytest.raises(ValidationError):
        accept(invite(salem, by=None, at=moment), password, at=moment)
    page = signed_in("salem").post("/desk/account/password", {NOW: "salem-of-the-town", NEW: password})
    assert page.status_code == 422
    link = address_of(str(invite(salem, by=None, at=moment).pk))
    assert Client().post(link, {"password": password}).status_code == 422
    assert named("salem").check_password("salem-of-the-town")


@pytest.mark.parametrize("member", CAST, ids=lambda member: member.email.partition("@")[0])
def test_the_passwords_of_the_cast_would_be_taken(member: object) -> None:
    validate_password(member.password, Person(email=member.email, name_en=member.name.en))  # type: ignore[attr-defined]


def test_the_owner_changes_it_and_every_other_session_ends(signed_in: SignedIn) -> None:
    here, there = signed_in("salem"), signed_in("salem")
    answer = here.post("/desk/account/password", {NOW: "salem-of-the-town", NEW: GOOD})
    assert answer["Location"] == "/desk/account/"
    assert here.get("/desk/queue/").status_code == 200
    assert there.get("/desk/queue/")["Location"].startswith("/desk/sign-in")
    assert named("salem").check_password(GOOD)
    assert noted("change-password")[0].actor == named("salem").pk
    assert "This session" in here.get("/desk/account/").content.decode()


def test_it_is_changed_by_who_knows_the_one_that_holds(signed_in: SignedIn) -> None:
    here = signed_in("salem")
    for _ in range(8):
        answer = here.post("/desk/account/password", {NOW: "a guess at the password", NEW: GOOD})
        assert answer.status_code == 422
    # The session is slowed down, whatever it guesses.
    assert here.post("/desk/account/password", {NOW: "salem-of-the-town", NEW: GOOD}).status_code == 422
    assert named("salem").check_password("salem-of-the-town")


def test_an_applicant_has_no_password_to_change(town: list[Person]) -> None:
    layla = Person.objects.create_user("layla@people.example", kind="citizen")
    browser = Client(headers={"accept": "text/html"})
    browser.force_login(layla)
    for page in ("", "password"):
        assert browser.get(f"/desk/account/{page}").status_code == 403
