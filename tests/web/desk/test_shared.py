"""What authorities share, and what belongs to each: gateways, statements, committees."""

import io
import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.agreement import ProposedByYourself
from rukhsa.authorities.actor import NotPermitted
from rukhsa.authorities.models import Post
from rukhsa.payments.models import Attempt, Waiver
from rukhsa.payments.waiver import approve_waiver, propose_waiver
from rukhsa.reconciliation.explanation import explain
from rukhsa.reconciliation.models import Difference
from rukhsa.reconciliation.statement_difference import NotAnOwner, assign_owner, possible_owners
from rukhsa.review import participant
from rukhsa.review.queue import WaitingMatter
from rukhsa.review.sitting import Attendance, NotPresent, Sitting, vote
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, owed_charge, person
from tests.web.desk.holdings import A, B, Town, application_for, differing_at, own

pytestmark = pytest.mark.django_db


def finance_of(town: Town) -> Person:
    """One of finance in a town, who may sign in."""
    return person("finance", town.house(Role.FINANCE))


def test_a_gateway_is_told_of_by_what_is_under_way_in_the_readers_authorities(sign_in: SignIn) -> None:
    for town, count in ((A, 2), (B, 3)):
        application = application_for(town)
        for number in range(count):
            Attempt.objects.create(
                charge=owed_charge(application, number + 1), gateway="national",
                reference=f"{town.code}{number}", amount=5_000, currency="BHD",
                started_at=SUNDAY + timedelta(minutes=number),
            )  # fmt: skip
    shown = {}
    for town in (A, B):
        page = sign_in(finance_of(town)).get(reverse("desk:gateways")).content.decode()
        shown[town] = int(re.search(r'id="national".*?"In progress">\s*<span>\s*(\d+)', page, re.DOTALL)[1])  # type: ignore[index]
    assert shown == {A: 2, B: 3}


def test_a_difference_is_explained_and_given_away_at_its_authority() -> None:
    found = Difference.objects.get(pk=differing_at(application_for(A), A))
    here, elsewhere = (works.act_as(finance_of(town)) for town in (A, B))
    assert set(possible_owners(found, SUNDAY)) == {here.person, own(A, Role.FINANCE)}
    with pytest.raises(NotPermitted):
        explain(found, "سبب", closes=True, actor=elsewhere, at=SUNDAY)
    with pytest.raises(NotPermitted):
        assign_owner(found, here.person, actor=elsewhere, at=SUNDAY)
    with pytest.raises(NotAnOwner):
        assign_owner(found, elsewhere.person, actor=here, at=SUNDAY)
    assert assign_owner(found, here.person, actor=here, at=SUNDAY)
    unknown = Difference.objects.create(  # unassigned: it concerns each of them
        statement=found.statement, kind=Difference.Kind.MISSING_HERE, gateway="national", reference="?",
        theirs=1_000, currency="BHD", found_at=SUNDAY,
    )  # fmt: skip
    assert set(possible_owners(unknown, SUNDAY)) == {here.person, elsewhere.person, own(A, Role.FINANCE)}
    assert assign_owner(unknown, elsewhere.person, actor=elsewhere, at=SUNDAY)


def test_the_command_lists_differences_to_those_who_reconcile_there() -> None:
    differing_at(application_for(A), A)
    people = {town: finance_of(town) for town in (A, B)}
    told = {}
    for town, who in people.items():
        out = io.StringIO()
        call_command("statements", "differences", by=who.email, stdout=out)
        told[town] = "26111-CAP" in out.getvalue()
    assert told == {A: True, B: False}
    with pytest.raises(CommandError, match="not of finance"):
        call_command("statements", "differences", by=own(A, Role.OFFICER).email)


def test_a_member_votes_in_the_committee_in_which_the_seat_is_and_in_no_other(sign_in: SignIn) -> None:
    khalid = works.staff("khalid@town.example", "", "Khalid", Role.COMMITTEE_MEMBER, at=A.house(Role.OFFICER))
    Post.objects.create(
        person=khalid, role=Role.COMMITTEE_MEMBER, authority=B.house(Role.OFFICER), committee="advertising",  # type: ignore[misc]
        starts_on=SUNDAY.date(),
    )  # fmt: skip
    actor, voted = works.act_as(khalid), {}
    for town in (A, B):
        application, authority = application_for(town), works.authority(town.code, town.ordinal)
        WaitingMatter.objects.create(application=application, authority=authority, committee="building")
        sitting = Sitting.objects.create(
            authority=authority, committee="building", held_on=SUNDAY.date(),
            convened_by=own(town, Role.OFFICER), at=SUNDAY,
        )  # fmt: skip
        Attendance.objects.create(sitting=sitting, member=khalid)
        voted[town] = (sitting, application)
    assert list(participant.matters(actor)) == [voted[A][1]]
    assert vote(*voted[A], "grant", "", actor=actor, at=SUNDAY)
    with pytest.raises(NotPresent):
        vote(*voted[B], "grant", "", actor=actor, at=SUNDAY)


def test_a_second_person_approves_at_the_same_authority_and_never_what_is_their_own() -> None:
    charge = owed_charge(application_for(A))
    here, elsewhere = (works.act_as(finance_of(town)) for town in (A, B))
    asked = propose_waiver(charge, "works-fee", charge.money, "سبب", actor=here, at=SUNDAY)
    with pytest.raises(NotPermitted):
        approve_waiver(asked, actor=elsewhere, at=SUNDAY)
    works.hire(here.person, Role.SUPERVISOR, at=B.house(Role.SUPERVISOR))
    with pytest.raises(ProposedByYourself):
        approve_waiver(asked, actor=works.act_as(here.person), at=SUNDAY)
    assert Waiver.objects.get().state == "proposed"
    assert approve_waiver(asked, actor=works.act_as(own(A, Role.SUPERVISOR)), at=SUNDAY)


def test_the_cash_of_another_authority_is_not_shown_whatever_the_address_says(sign_in: SignIn) -> None:
    for town in (A, B):
        works.authority(town.code, town.ordinal)
    client = sign_in(finance_of(B))
    for form in ("page", "json", "xlsx"):
        response = client.get(
            reverse("desk:cash"), {"authority": A.code, "as": form, "day": str(timezone.localdate())}
        )
        assert response.status_code == HTTPStatus.OK
        told = response.headers.get("Content-Disposition", "") + response.content.decode("latin-1")
        assert A.name not in told
        assert f"cash-{A.code}" not in told


def test_the_page_of_one_of_the_staff_shows_acts_where_they_may_be_done(sign_in: SignIn) -> None:
    members = {town: own(town, Role.INSPECTOR) for town in (A, B)}
    where = Role.SECURITY_OFFICER, Role.ADMINISTRATOR
    ahmed = works.staff("ahmed@town.example", "", "Ahmed", where[0], at=A.house(where[0]))
    works.hire(ahmed, where[1], at=B.house(where[1]))
    Authenticator.objects.create(user=ahmed, type=Authenticator.Type.TOTP, data={})
    client, shown = sign_in(ahmed), {}
    for town, member in members.items():
        response = client.get(reverse("desk:staff-member", args=[member.pk]))
        assert response.status_code == HTTPStatus.OK
        act = reverse("desk:act-on-staff", args=[member.pk, "end"])
        shown[town] = act in response.content.decode()
    assert shown == {A: False, B: True}
    refused = client.post(reverse("desk:act-on-staff", args=[members[A].pk, "sign-out"]))
    assert refused.status_code == HTTPStatus.NOT_FOUND
