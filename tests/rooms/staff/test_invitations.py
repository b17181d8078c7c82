"""An invitation opens once and for some hours, and sets up one account."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.authorities.models import Post
from rukhsa.staff import change as changes
from rukhsa.staff.invitation import (
    Invitation,
    InvitationEnded,
    InvitationUse,
    accept,
    invite,
    opened,
)
from rukhsa.staff.letter import WORDINGS, send_letter, tell
from rukhsa.staff.models import Letter
from rukhsa_rehearsal.known_secrets import give_fixed_secret
from tests.rooms.staff.conftest import (
    SARA,
    acting,
    invited,
    link_of,
    named,
    noted,
    without_factors,
)
from tests.together import ended_at_once

GOOD = "four words nobody knows"


def test_somebody_new_is_sent_a_link_and_nothing_else_opens_the_account(
    town: list[Person], moment: datetime
) -> None:
    sara = invited(moment)
    assert not sara.has_usable_password()
    assert Post.objects.get(person=sara).role == Role.OFFICER
    assert noted("invite")[0].subject == str(sara.pk)
    assert [entry.detail["role"] for entry in noted("give-post")] == ["officer"]


def test_the_letter_leads_to_the_page_of_the_link(town: list[Person], moment: datetime) -> None:
    invited(moment)
    send_letter(letter=Letter.objects.get(kind="invitation").pk)
    assert mail.outbox[0].to == [SARA.email]
    address = re.search(r"http\S+", mail.outbox[0].body)
    assert address
    assert Client().get(urlsplit(address[0]).path).status_code == 200


@pytest.mark.parametrize("letter", WORDINGS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_letter_is_written_in_both_languages(
    letter: str, language: str, town: list[Person], moment: datetime
) -> None:
    salem = named("salem")
    salem.language = language
    salem.save()
    tell(salem, letter, at=moment)
    send_letter(letter=Letter.objects.get().pk)
    sent = mail.outbox[0]
    assert bool(re.search("[ء-ي]", sent.subject)) is (language == "ar")
    assert "salem" not in sent.body


def test_the_invited_one_chooses_a_password_and_a_passkey_before_the_desk_opens(
    town: list[Person], moment: datetime
) -> None:
    sara = invited(moment)
    browser = Client()
    answer = browser.post(link_of(sara), {"password": GOOD})
    assert answer["Location"] == "/desk/proofs/passkeys/add"
    assert browser.get(answer["Location"]).status_code == 200
    assert browser.get("/desk/queue/")["Location"] == "/desk/proofs/"
    give_fixed_secret(sara)
    assert browser.get("/desk/queue/").status_code == 200
    assert noted("accept-invitation")[0].actor == sara.pk


def test_a_link_opens_once(town: list[Person], moment: datetime) -> None:
    link = link_of(invited(moment))
    assert Client().post(link, {"password": GOOD}).status_code == 302
    second = Client().post(link, {"password": "other words nobody knows"})
    assert second.status_code == 410
    assert "_auth_user_id" not in Client().session
    assert Person.objects.get(email=SARA.email).check_password(GOOD)


def test_looking_at_a_link_does_not_use_it(town: list[Person], moment: datetime) -> None:
    link = link_of(invited(moment))
    for _ in range(3):
        answer = Client().get(link)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
    assert not InvitationUse.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_a_link_at_once_one_has_the_account(town: list[Person], moment: datetime) -> None:
    invitation = invited(moment).invitations.get()
    words = [f"words of number {number} here" for number in range(2)]
    ended = ended_at_once([lambda each=each: accept(invitation, each, at=moment) for each in words])
    assert sorted(type(each).__name__ for each in ended) == ["InvitationEnded", "Person"]


def test_a_link_ends_after_hours(town: list[Person], moment: datetime) -> None:
    token = link_of(invited(moment)).rsplit("/", 1)[1]
    assert opened(token, at=moment + timedelta(hours=23, minutes=59))
    with pytest.raises(InvitationEnded):
        opened(token, at=moment + timedelta(hours=24))


def test_a_newer_link_ends_the_older(town: list[Person], moment: datetime) -> None:
    sara = invited(moment)
    first = link_of(sara)
    at = moment + timedelta(minutes=1)
    changes.link_again(sara, "CAP", actor=acting("fatima", at=at), at=at)
    with pytest.raises(InvitationEnded):
        opened(first.rsplit("/", 1)[1], at=at)
    assert opened(link_of(sara).rsplit("/", 1)[1], at=at)


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "x", lambda t: t + "x"]
)
def test_a_link_that_was_not_made_here_opens_nothing(
    change: Callable[[str], str], town: list[Person], moment: datetime
) -> None:
    token = link_of(invited(moment)).rsplit("/", 1)[1]
    assert Client().get(reverse("welcome", args=[change(token)])).status_code == 410


def test_a_password_alone_enrols_no_factor(town: list[Person], moment: datetime) -> None:
    without_factors(named("salem"))
    browser = Client()
    answer = browser.post("/desk/sign-in", {"login": "salem@mun.example", "password": "salem-of-the-town"})
    assert answer["Location"] == "/desk/sign-in"
    assert browser.get("/desk/proofs/passkeys/add")["Location"].startswith("/desk/sign-in")
    assert noted("fail-sign-in")[0].detail["why"] == "not-set-up"


def test_staff_without_a_post_do_not_come_in(town: list[Person], moment: datetime) -> None:
    Post.objects.filter(person=named("salem")).update(ends_on=date(2020, 2, 1))
    browser = Client()
    browser.post("/desk/sign-in", {"login": "salem@mun.example", "password": "salem-of-the-town"})
    assert "_auth_user_id" not in browser.session
    assert browser.get("/desk/sign-in/proof").status_code == 302


def test_an_invitation_is_never_changed(town: list[Person], moment: datetime) -> None:
    invitation = invite(named("salem"), by=None, at=moment)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(ends_at=moment + timedelta(days=365))
