"""`rukhsa mandates` puts an authority into service: one proposes, another signs, and no one alone."""

import io

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from rukhsa.applications.competence import may
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.mandates.mandate import Act, Mandate
from tests.rooms.review import works


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("mandates", *words, stdout=out)
    return out.getvalue()


def set_up(*actors: Actor) -> None:
    for actor in actors:
        Authenticator.objects.create(user=actor.person, type=Authenticator.Type.TOTP, data={})


def test_two_administrators_put_an_authority_into_service(
    application: Application, salem: Actor, mariam: Actor, fatima: Actor, ahmed: Actor
) -> None:
    set_up(fatima, ahmed)
    assert not may(works.act_as(mariam.person), Act.GRANT, application, at=timezone.now())
    proposed = run("all", "CAP", "--by", fatima.person.email)
    assert salem.person.email in proposed
    assert run("all", "CAP", "--by", fatima.person.email) == "", "once"
    with pytest.raises(CommandError, match="proposed-by-yourself"):
        run("approve", "CAP", "--by", fatima.person.email)
    run("approve", "CAP", "--by", ahmed.person.email)
    assert may(mariam, Act.GRANT, application, at=timezone.now())
    assert mariam.person.email in run("today", "CAP")
    mandate = Mandate.objects.in_force(at=timezone.now()).get(post__person=salem.person)
    run("end", str(mandate.pk), "--reason", "Moved", "--by", ahmed.person.email)
    assert salem.person.email not in run("today", "CAP")


def test_one_mandate_says_acts_and_an_amount_and_what_is_wrong_is_told(
    mariam: Actor, fatima: Actor, salem: Actor
) -> None:
    set_up(fatima, salem)
    said = ("propose", "CAP", mariam.person.email, "supervisor", "--by", fatima.person.email)
    run(*said, "--acts", "waive", "--up-to", "500.000")
    assert (made := Mandate.objects.get(state="proposed")).acts == ["waive"]
    assert str(made.limit) == "500.000"
    for words, why in (
        ((*said, "--acts", "fly"), "mandate-unknown"),
        ((*said, "--acts", "waive", "--up-to", "much"), "bad-amount"),
        ((*said[:-1], salem.person.email, "--acts", "waive"), "not-permitted"),
        (("approve", "nothing", "--by", fatima.person.email), "nothing waits"),
        (("end", "x", "--reason", "r", "--by", fatima.person.email), "no mandate"),
    ):
        with pytest.raises(CommandError, match=why):
            run(*words)
