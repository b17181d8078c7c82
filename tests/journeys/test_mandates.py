"""Who may decide what: one page by day, mandates signed by two, and an absence by one press."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.mandates.deputy import propose_deputy
from rukhsa.mandates.models import Absence, Deputy, Mandate
from tests import proved
from tests.town import Town


def signed_in(actor: Actor) -> Client:
    client = Client()
    proved.sign_in(client, actor.person)
    return client


def test_a_mandate_is_proposed_by_one_and_signed_by_another(town: Town) -> None:
    post = Post.objects.get(person=town.salem.person, authority="CAP")
    mariam, fatima = signed_in(town.mariam), signed_in(town.actor("fatima@mun.example"))
    typed = {
        "acts": ["grant", "refuse"],
        "subject": "roads",
        "starts_on": timezone.localdate(),
        "limit": "5.500",
    }
    answer = mariam.post(reverse("desk:propose-mandate", args=[post.pk]), typed)
    mandate = Mandate.objects.get(state="proposed")
    assert answer["Location"] == reverse("desk:mandate", args=[mandate.pk])
    assert (mandate.acts, mandate.up_to) == (["grant", "refuse"], 5_500)
    approve = reverse("desk:act-on-mandate", args=[mandate.pk, "approve"])
    assert mariam.post(approve).status_code == 422
    assert fatima.post(approve).status_code == 302
    page = mariam.get(reverse("desk:mandates")).content.decode()
    assert "5.500" in page
    mariam.post(reverse("desk:act-on-mandate", args=[mandate.pk, "end"]), {"reason": "Moved."})
    assert "5.500" not in mariam.get(reverse("desk:mandates")).content.decode()


def test_one_press_says_that_i_am_away_and_another_that_i_am_back(town: Town) -> None:
    client, salem = signed_in(town.salem), town.salem.person
    until = timezone.localdate() + timedelta(days=2)
    client.post(reverse("desk:act-on-absence", args=["away"]), {"until": until.isoformat()})
    assert Absence.objects.filter(officer=salem, until=until).count() == 4
    client.post(reverse("desk:act-on-absence", args=["back"]))
    assert not Absence.objects.in_force(at=timezone.now()).filter(officer=salem).exists()


def test_a_deputy_is_named_by_the_officer_and_signed_by_the_supervisor(town: Town) -> None:
    salem, mariam = signed_in(town.salem), signed_in(town.mariam)
    wanted = {"authority": "CAP", "deputy": str(town.mariam.person.pk)}
    salem.post(reverse("desk:act-on-absence", args=["name"]), wanted)
    named = Deputy.objects.get()
    assert mariam.post(reverse("desk:act-on-deputy", args=[named.pk, "approve"])).status_code in {302, 422}
    named.refresh_from_db()
    assert named.waits  # the deputy does not sign for herself
    withdrawn = reverse("desk:act-on-absence", args=["withdraw"])
    assert str(named.pk) in salem.get(reverse("desk:absences")).content.decode()
    assert mariam.post(withdrawn, {"named": str(named.pk), "reason": "Not hers."}).status_code == 422
    salem.post(withdrawn, {"named": str(named.pk), "reason": "Another is free."})
    named.refresh_from_db()
    assert (named.waits, named.refusal) == (False, "Another is free.")
    salem.post(reverse("desk:act-on-absence", args=["name"]), wanted)  # nothing stands in the way of another
    second = Deputy.objects.exclude(pk=named.pk).get()
    fatima = signed_in(town.actor("fatima@mun.example"))
    listed = fatima.get(reverse("desk:mandates")).content.decode()
    sign = reverse("desk:act-on-deputy", args=[second.pk, "approve"])
    assert f'action="{sign}"' in listed  # an administrator, who examines nothing, signs there
    assert fatima.post(sign)["Location"] == reverse("desk:mandates")
    second.refresh_from_db()
    assert second.state == "approved"


def test_an_administrator_withdraws_where_the_proposal_is_shown(town: Town) -> None:
    """Who examines nothing has no page of absences."""
    actor = town.actor("fatima@mun.example")
    named = propose_deputy(town.salem.person, town.mariam.person, "CAP", actor=actor, at=timezone.now())
    fatima = signed_in(actor)
    withdraw = reverse("desk:act-on-deputy", args=[named.pk, "refuse"])
    assert f'action="{withdraw}"' in fatima.get(reverse("desk:mandates")).content.decode()
    fatima.post(withdraw, {"reason": "Another is free."})
    named.refresh_from_db()
    assert (named.waits, named.refusal) == (False, "Another is free.")
