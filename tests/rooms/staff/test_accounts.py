"""Posts are given, moved and ended, and accounts reset, by those who may, and much power by two."""

import re
from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.accounts.second_factor import has_second_factor
from rukhsa.agreement import ProposedByYourself, UnderWay
from rukhsa.authorities.actor import NotPermitted, actor_for
from rukhsa.authorities.models import Post
from rukhsa.staff import change as changes
from rukhsa.staff.change import (
    AboutYourself,
    HeldElsewhere,
    MailTaken,
    PostHeld,
    PostOver,
    StaffChange,
)
from rukhsa.staff.invitation import (
    Invitation,
)
from tests.rooms.staff.conftest import (
    SARA,
    SignedIn,
    acting,
    invited,
    link_of,
    named,
    noted,
    wanted,
)


@pytest.mark.parametrize("role", sorted(changes.BY_TWO))
def test_much_power_is_given_by_two(role: Role, town: list[Person], moment: datetime) -> None:
    salem, fatima, ahmed = named("salem"), acting("fatima", at=moment), acting("ahmed", at=moment)
    change = changes.give(salem, wanted(role), actor=fatima, at=moment)
    assert isinstance(change, StaffChange)
    assert not Post.objects.filter(person=salem, role=role).exists()
    with pytest.raises(ProposedByYourself):
        changes.approve(change, actor=fatima, at=moment)
    changes.approve(change, actor=ahmed, at=moment)
    assert Post.objects.filter(person=salem, role=role, authority="CAP").exists()
    assert noted("propose-staffchange")[0].detail["authority"] == "CAP"
    assert noted("approve-staffchange")[0].actor == named("ahmed").pk


def test_who_is_in_a_committee_is_changed_by_two(town: list[Person], moment: datetime) -> None:
    salem, fatima, ahmed = named("salem"), acting("fatima", at=moment), acting("ahmed", at=moment)
    change = changes.give(salem, wanted(Role.COMMITTEE_MEMBER), actor=fatima, at=moment)
    assert isinstance(change, StaffChange)
    changes.approve(change, actor=ahmed, at=moment)
    post = Post.objects.get(person=salem, role=Role.COMMITTEE_MEMBER)
    assert post.committee == "building"
    moved = changes.give(salem, wanted(Role.INSPECTOR, instead_of=post), actor=fatima, at=moment)
    assert isinstance(moved, StaffChange)
    changes.refuse(moved, "He stays.", actor=ahmed, at=moment)
    leaving = changes.end(post, actor=fatima, at=moment)
    assert isinstance(leaving, StaffChange)
    with pytest.raises(UnderWay), transaction.atomic():
        changes.end(post, actor=ahmed, at=moment)
    with pytest.raises(ProposedByYourself):
        changes.approve(leaving, actor=fatima, at=moment)
    post.refresh_from_db()
    assert post.ends_on is None
    changes.approve(leaving, actor=ahmed, at=moment)
    post.refresh_from_db()
    assert post.ends_on is not None
    with pytest.raises(PostOver):
        changes.end(post, actor=fatima, at=moment)


def test_little_power_is_given_by_one(town: list[Person], moment: datetime) -> None:
    post = changes.give(named("yusuf"), wanted(Role.OFFICER), actor=acting("fatima", at=moment), at=moment)
    assert isinstance(post, Post)


def test_the_database_keeps_the_two_apart(town: list[Person], moment: datetime) -> None:
    change = changes.give(
        named("salem"), wanted(Role.SUPERVISOR), actor=acting("fatima", at=moment), at=moment
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffChange.objects.filter(pk=change.pk).update(state="approved", decided_by=named("fatima"))


def test_a_supervisor_who_is_invited_gets_no_link_before_a_second_approves(
    town: list[Person], moment: datetime
) -> None:
    change = changes.welcome(SARA, wanted(Role.SUPERVISOR), actor=acting("fatima", at=moment), at=moment)
    assert isinstance(change, StaffChange)
    with pytest.raises(PostOver):
        changes.link_again(change.person, "CAP", actor=acting("fatima", at=moment), at=moment)
    assert not Invitation.objects.exists()
    changes.approve(change, actor=acting("aisha", at=moment), at=moment)
    assert Invitation.objects.get().person.email == SARA.email


def test_an_administrator_acts_at_the_own_authority_alone(town: list[Person], moment: datetime) -> None:
    Post.objects.filter(person=named("fatima"), authority="MUH").delete()
    fatima = acting("fatima", at=moment)
    muh = Post.objects.get(person=named("yusuf"), authority="MUH")
    with pytest.raises(NotPermitted):
        changes.give(named("yusuf"), wanted(Role.OFFICER, "MUH"), actor=fatima, at=moment)
    with pytest.raises(NotPermitted):
        changes.end(muh, actor=fatima, at=moment)
    with pytest.raises(NotPermitted):
        changes.reset(named("yusuf"), "MUH", actor=fatima, at=moment)
    changes.end(Post.objects.get(person=named("yusuf"), authority="CAP"), actor=fatima, at=moment)


def test_nobody_else_gives_posts(town: list[Person], moment: datetime) -> None:
    for name in ("salem", "mariam", "huda", "aisha"):
        with pytest.raises(NotPermitted):
            changes.give(named("yusuf"), wanted(Role.OFFICER), actor=acting(name, at=moment), at=moment)


def test_nobody_decides_about_themselves(town: list[Person], moment: datetime) -> None:
    fatima, ahmed = acting("fatima", at=moment), acting("ahmed", at=moment)
    with pytest.raises(AboutYourself):
        changes.give(named("fatima"), wanted(Role.OFFICER), actor=fatima, at=moment)
    change = changes.give(named("ahmed"), wanted(Role.SUPERVISOR), actor=fatima, at=moment)
    assert isinstance(change, StaffChange)
    with pytest.raises(AboutYourself):
        changes.approve(change, actor=ahmed, at=moment)


def test_a_post_is_moved_in_one_act(town: list[Person], moment: datetime) -> None:
    old = Post.objects.get(person=named("yusuf"), authority="CAP")
    moved = wanted(Role.OFFICER, instead_of=old)
    changes.give(named("yusuf"), moved, actor=acting("fatima", at=moment), at=moment)
    old.refresh_from_db()
    assert old.ends_on == timezone.localdate() - timedelta(days=1)
    assert noted("move-post")[0].subject == str(named("yusuf").pk)
    with pytest.raises(PostOver):
        changes.end(old, actor=acting("fatima", at=moment), at=moment)


def test_a_post_is_not_given_twice(town: list[Person], moment: datetime) -> None:
    with pytest.raises(PostHeld):
        changes.give(named("salem"), wanted(Role.OFFICER), actor=acting("fatima", at=moment), at=moment)


def test_the_mail_address_of_an_applicant_is_nobodys_of_the_staff(
    town: list[Person], moment: datetime
) -> None:
    Person.objects.create_user(SARA.email, kind="citizen")
    with pytest.raises(MailTaken):
        invited(moment)


def test_an_ended_post_ends_the_sessions(signed_in: SignedIn, moment: datetime) -> None:
    yusuf = signed_in("yusuf")
    assert yusuf.get("/desk/inspections/").status_code == 200
    changes.end(
        Post.objects.get(person=named("yusuf"), authority="CAP"), actor=acting("fatima", at=moment), at=moment
    )
    assert yusuf.get("/desk/inspections/")["Location"].startswith("/desk/sign-in")
    assert noted("end-session")[0].detail["why"] == "post-changed"


def test_a_reset_leaves_nothing_that_opens_but_a_new_link(signed_in: SignedIn, moment: datetime) -> None:
    salem = signed_in("salem")
    changes.reset(named("salem"), "CAP", actor=acting("fatima", at=moment), at=moment)
    assert salem.get("/desk/queue/")["Location"].startswith("/desk/sign-in")
    assert not Authenticator.objects.filter(user=named("salem")).exists()
    assert not named("salem").has_usable_password()
    assert Client().get(link_of(named("salem"))).status_code == 200
    assert noted("reset-account")[0].actor == named("fatima").pk


def test_a_supervisor_is_reset_by_two(town: list[Person], moment: datetime) -> None:
    change = changes.reset(named("mariam"), "CAP", actor=acting("fatima", at=moment), at=moment)
    assert isinstance(change, StaffChange)
    assert has_second_factor(named("mariam"))
    changes.approve(change, actor=acting("ahmed", at=moment), at=moment)
    assert not has_second_factor(named("mariam"))


@pytest.mark.parametrize("name", ["salem", "mariam"])  # an officer and a supervisor, each at both authorities
def test_who_works_at_two_authorities_is_reset_by_both(
    name: str, town: list[Person], moment: datetime
) -> None:
    Post.objects.filter(person=named("fatima"), authority="MUH").delete()
    fatima = acting("fatima", at=moment)
    change = changes.reset(named(name), "CAP", actor=fatima, at=moment)
    assert isinstance(change, StaffChange)
    assert change.authority_id == "MUH"
    colleague = Person.objects.create_user("hind@mun.example", kind="staff")
    Post.objects.create(
        person=colleague, role=Role.ADMINISTRATOR, authority_id="CAP", starts_on=moment.date()
    )
    with pytest.raises(NotPermitted):
        changes.approve(change, actor=actor_for(colleague, at=moment), at=moment)
    assert has_second_factor(named(name))
    changes.approve(change, actor=acting("ahmed", at=moment), at=moment)
    assert not has_second_factor(named(name))


def test_two_of_one_authority_do_not_reset_who_was_given_a_post_elsewhere_meanwhile(
    town: list[Person], moment: datetime
) -> None:
    for name in ("fatima", "ahmed", "mariam"):
        over = moment.date() - timedelta(days=30)
        Post.objects.filter(person=named(name), authority="MUH").update(ends_on=over)
    change = changes.reset(named("mariam"), "CAP", actor=acting("fatima", at=moment), at=moment)
    assert isinstance(change, StaffChange)
    assert change.authority_id == "CAP"
    tomorrow = moment.date() + timedelta(days=2)
    Post.objects.create(person=named("mariam"), role=Role.OFFICER, authority_id="MUH", starts_on=tomorrow)
    with pytest.raises(HeldElsewhere):
        changes.approve(change, actor=acting("ahmed", at=moment), at=moment)
    assert has_second_factor(named("mariam"))


def test_the_command_makes_the_first_two_and_then_no_more(
    db: None, town: list[Person], moment: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    Post.objects.filter(role=Role.ADMINISTRATOR).delete()
    with pytest.raises(CommandError):
        call_command("staff", "first", "CAP", "sara@mun.example", "Sara@mun.example")
    call_command("staff", "first", "CAP", "sara@mun.example", "hind@mun.example")
    assert Post.objects.filter(role=Role.ADMINISTRATOR, authority="CAP").count() == 2
    assert "http" not in capsys.readouterr().out
    with pytest.raises(CommandError, match="has administrators"):
        call_command("staff", "first", "CAP", "x@mun.example", "y@mun.example")


def test_the_command_does_what_an_administrator_may(
    town: list[Person], moment: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    by = ("--by", "fatima@mun.example")
    names = ("--name-ar", "سارة", "--name-en", "Sara")
    call_command("staff", "invite", "CAP", SARA.email, "officer", *by, *names)
    call_command("staff", "give", "CAP", SARA.email, "inspector", "--instead-of", "officer", *by)
    call_command("staff", "give", "CAP", SARA.email, "supervisor", *by)
    call_command("staff", "waiting", "CAP")
    change = StaffChange.objects.get()
    assert str(change.pk) in capsys.readouterr().out
    with pytest.raises(CommandError, match="proposed-by-yourself"):
        call_command("staff", "approve", str(change.pk), *by)
    call_command("staff", "approve", str(change.pk), "--by", "ahmed@mun.example")
    call_command("staff", "list", "CAP")
    assert re.search(r"sara@mun.example +supervisor .* not set up", capsys.readouterr().out)
    call_command("staff", "end", "CAP", SARA.email, "supervisor", *by)
    call_command("staff", "reset", "CAP", SARA.email, *by)
    held = Post.objects.in_force(on=timezone.localdate()).filter(person__email=SARA.email)
    assert [post.role for post in held] == ["inspector"]
    with pytest.raises(CommandError, match="not-permitted"):
        call_command("staff", "reset", "CAP", SARA.email, "--by", "salem@mun.example")


def test_the_pages_invite_give_end_and_reset(signed_in: SignedIn, moment: datetime) -> None:
    fatima, ahmed = signed_in("fatima"), signed_in("ahmed")
    today = timezone.localdate().isoformat()
    said = {
        "email": SARA.email, "name_ar": "سارة", "name_en": "Sara", "role": "supervisor", "authority": "CAP",
        "committee": "", "starts_on": today,
    }  # fmt: skip
    answer = fatima.post("/desk/staff/invite", said)
    assert answer.status_code == 302, answer.content.decode()
    sara = Person.objects.get(email=SARA.email)
    change = StaffChange.objects.get()
    assert "Supervisor" in ahmed.get("/desk/staff/").content.decode()
    assert ahmed.post(f"/desk/staff/changes/{change.pk}/approve").status_code == 302
    page = f"/desk/staff/{sara.pk}"
    given = said | {"role": "officer"}
    assert fatima.post(f"{page}/give", given).status_code == 302
    assert "Officer" in fatima.get(f"{page}/").content.decode()
    officer = Post.objects.get(person=sara, role="officer")
    assert fatima.post(f"{page}/end", {"post": officer.pk}).status_code == 302
    assert fatima.post(f"{page}/link").status_code == 302
    assert fatima.post(f"{page}/reset").status_code == 302
    assert StaffChange.objects.filter(act="reset", person=sara, state="proposed").exists()
    refused = fatima.post(f"{page}/give", given | {"starts_on": "2020-01-01"})
    assert refused.status_code == 422
    assert "Choose today or a later day." in refused.content.decode()


def test_a_post_whose_end_waits_is_not_offered_to_be_ended_again(
    signed_in: SignedIn, moment: datetime
) -> None:
    salem, fatima, ahmed = named("salem"), signed_in("fatima"), acting("ahmed", at=moment)
    change = changes.give(salem, wanted(Role.COMMITTEE_MEMBER), actor=acting("fatima", at=moment), at=moment)
    assert isinstance(change, StaffChange)
    changes.approve(change, actor=ahmed, at=moment)
    post = Post.objects.get(person=salem, role=Role.COMMITTEE_MEMBER)
    offered, waits = f'name="post" value="{post.pk}"', "Its end waits for another person to approve."
    page = fatima.get(f"/desk/staff/{salem.pk}/").content.decode()
    assert offered in page
    assert waits not in page
    assert fatima.post(f"/desk/staff/{salem.pk}/end", {"post": post.pk}).status_code == 302
    page = fatima.get(f"/desk/staff/{salem.pk}/").content.decode()
    assert waits in page
    assert offered not in page


def test_the_list_of_staff_has_a_line_for_each_role_and_asks_no_more_for_more_people(
    signed_in: SignedIn, moment: datetime
) -> None:
    fatima = signed_in("fatima")
    with CaptureQueriesContext(connection) as few:
        page = fatima.get("/desk/staff/").content.decode()
    line = next(row for row in page.split("<tr>") if "salem@mun.example" in row)
    assert re.findall(r"Officer|CAP|MUH", line) == [
        "Officer",
        "CAP",
        "MUH",
    ]  # they have no names in this town
    for number in range(10):
        newcomer = Person.objects.create(email=f"more-{number}@mun.example", kind="citizen")
        Post.objects.create(person=newcomer, role=Role.OFFICER, authority_id="CAP", starts_on=moment.date())
    with CaptureQueriesContext(connection) as many:
        assert "more-9@mun.example" in fatima.get("/desk/staff/").content.decode()
    assert len(many) == len(few)
