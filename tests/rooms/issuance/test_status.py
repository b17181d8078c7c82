"""Suspended, reinstated, revoked, superseded, closed: told apart by anyone, from the public files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.agreement import ProposedByYourself, ReasonMissing, UnderWay
from rukhsa.authorities.actor import Actor, NotPermitted, actor_for
from rukhsa.authorities.models import Authority, Post
from rukhsa.issuance import cycle, effects, key_index, publishing, site, time_stamp
from rukhsa.issuance.instrument import AlreadyRevoked, NoSuchInstrument, revoke
from rukhsa.issuance.intent import seal_of
from rukhsa.issuance.log import place_of
from rukhsa.issuance.models import Instrument, Revocation, Status
from rukhsa.issuance.revocation_proposal import approve_revocation, propose_revocation, refuse_revocation
from rukhsa.issuance.sequencer import ClockWentBack
from rukhsa.issuance.suspension import AlreadySuspended, NotSuspended, reinstate, suspend
from rukhsa.mandates.models import Mandate
from rukhsa.places.models import Block, RegisterChange
from rukhsa.places.register import change_register
from rukhsa.trust import statuslist
from rukhsa.trust.qr import qr_text
from tests import ceremony, public_folder
from tests.mandated import empower
from tests.rooms.issuance.conftest import NOW, Grant


def staff(name: str, role: Role, authority: str = "CAP") -> Actor:
    if known := Person.objects.filter(email=f"{name}@town.example").first():
        return actor_for(known, at=NOW)
    person = Person.objects.create_user(f"{name}@town.example", name_en=name.title(), kind="staff")
    place = Authority.objects.get(code=authority)
    empower(Post.objects.create(person=person, role=role, authority=place, starts_on=NOW.date()))
    return actor_for(person, at=NOW)


@pytest.fixture
def mariam(town: datetime) -> Actor:
    return staff("mariam", Role.SUPERVISOR)


@pytest.fixture
def instrument(granted: Grant, town: datetime) -> Instrument:
    return cycle.issue(granted(), at=town)


def verdict(instrument: Instrument, at: datetime) -> str:
    place = place_of(instrument.intent, "seal")
    assert place is not None
    text = qr_text("v.mun.example", seal_of(instrument.intent.sealing, log_index=place.index))
    return cycle.verdict_on(time_stamp.handed_out(instrument), qr_text=text, at=at).word


def after(instrument: Instrument, minutes: int) -> str:
    """The verdict after the worker published the status list."""
    at = NOW + timedelta(minutes=minutes)
    publishing.status_list(instrument.intent.authority, instrument.intent.status_list, at=at)
    return verdict(instrument, at)


def test_suspended_reinstated_and_revoked_are_told_apart(instrument: Instrument, mariam: Actor) -> None:
    assert after(instrument, 1) == "valid"
    suspend(instrument, reason="A complaint is examined", actor=mariam, at=NOW)
    assert (after(instrument, 2), instrument.status(NOW)) == ("suspended", Status.SUSPENDED)
    assert not Instrument.objects.in_force(at=NOW).exists()
    reinstate(instrument, reason="The complaint was unfounded", actor=mariam, at=NOW)
    assert (after(instrument, 3), instrument.status(NOW)) == ("valid", Status.VALID)
    assert Instrument.objects.in_force(at=NOW).exists()
    revoke(
        instrument,
        reason="Obtained by a forged lease",
        proposed_by=staff("salem", Role.OFFICER).person,
        actor=mariam,
        at=NOW,
    )
    instrument = Instrument.objects.get(pk=instrument.pk)
    assert (after(instrument, 4), instrument.status(NOW)) == ("revoked", Status.REVOKED)


def test_an_older_status_list_is_not_believed_after_a_newer_one(instrument: Instrument) -> None:
    assert after(instrument, 9) == "valid"
    older = published_list(instrument).read_bytes()
    assert after(instrument, 10) == "valid"
    published_list(instrument).write_bytes(older)
    assert verdict(instrument, NOW + timedelta(minutes=10)) == "cannot-tell"


def test_a_list_never_says_that_it_is_older_than_the_one_it_replaces(
    instrument: Instrument, mariam: Actor
) -> None:
    assert after(instrument, 10) == "valid"
    suspend(instrument, reason="A complaint is examined", actor=mariam, at=NOW)
    assert (
        after(instrument, 9) == "suspended"
    )  # by a clock that is a little behind: new facts, no older moment
    assert issued_at(instrument) == NOW + timedelta(minutes=10)

    kept = published_list(instrument).read_bytes()
    with pytest.raises(ClockWentBack):
        after(instrument, 4)
    assert published_list(instrument).read_bytes() == kept


def published_list(instrument: Instrument) -> Path:
    return public_folder.path_of(
        site.status_address(instrument.intent.authority_id, instrument.intent.status_list)
    )


def issued_at(instrument: Instrument) -> datetime:
    uri = site.status_address(instrument.intent.authority_id, instrument.intent.status_list)
    ours = [key.public for key in key_index.of(instrument.intent.authority_id, "status")]
    read = statuslist.read(published_list(instrument).read_bytes(), uri=uri, keys=ours)
    return datetime.fromtimestamp(read.issued_at, UTC)


def test_what_cannot_be_is_refused(instrument: Instrument, mariam: Actor) -> None:
    with pytest.raises(NotSuspended):
        reinstate(instrument, reason="none", actor=mariam, at=NOW)
    with pytest.raises(ReasonMissing):
        suspend(instrument, reason="  ", actor=mariam, at=NOW)
    suspend(instrument, reason="one", actor=mariam, at=NOW)
    with pytest.raises(AlreadySuspended):
        suspend(instrument, reason="two", actor=mariam, at=NOW)
    revoke(instrument, reason="three", proposed_by=staff("salem", Role.OFFICER).person, actor=mariam, at=NOW)
    for act in (suspend, reinstate, revoke):
        by = {"proposed_by": staff("salem", Role.OFFICER).person} if act is revoke else {}
        with pytest.raises(AlreadyRevoked):
            act(instrument, reason="four", actor=mariam, at=NOW, **by)


def test_an_officer_may_suspend_and_not_revoke(instrument: Instrument) -> None:
    salem = staff("salem", Role.OFFICER)
    with pytest.raises(NotPermitted):
        revoke(
            instrument,
            reason="because",
            proposed_by=staff("mariam", Role.SUPERVISOR).person,
            actor=salem,
            at=NOW,
        )
    assert suspend(instrument, reason="because", actor=salem, at=NOW)


def test_another_authoritys_supervisor_finds_no_such_instrument(instrument: Instrument) -> None:
    stranger = staff("mariam", Role.SUPERVISOR, "MUH")
    with pytest.raises(NoSuchInstrument):
        suspend(instrument, reason="because", actor=stranger, at=NOW)
    with pytest.raises(NoSuchInstrument):
        propose_revocation(instrument, "because", actor=stranger, at=NOW)


def test_expired_and_not_yet_valid_follow_from_the_days(instrument: Instrument) -> None:
    later = NOW + timedelta(days=100)
    assert instrument.status(later) is Status.EXPIRED
    ceremony.make_keys(at=later)
    ceremony.hold(at=later)
    publishing.status_list(instrument.intent.authority, instrument.intent.status_list, at=later)
    assert verdict(instrument, later) == "expired"


def test_a_permanent_instrument_has_no_last_day_and_its_effects_apply_once(
    granted: Grant, town: datetime
) -> None:
    address = {"building": "12", "road": 1705, "block": 317}
    application = granted(
        "address-change", operation="add", place=address, parcel={"number": "03170012"}, use="residential"
    )
    Block.objects.create(number=317, authority=application.authority)
    changed = cycle.issue(application, at=town)
    assert changed.period.end is None
    effects.apply(changed, at=town)
    effects.apply(changed, at=town)
    assert RegisterChange.objects.filter(instrument=changed.number).count() == 1


def test_the_register_is_changed_by_instruments_of_the_address_service_alone(
    instrument: Instrument, town: datetime
) -> None:
    Block.objects.create(number=317, authority=instrument.intent.authority)
    address = {"building": "12", "road": 1705, "block": 317}

    def change(number: str) -> None:
        change_register("add", old=address, new=None, instrument=number, actor=None, at=town)

    for number in (
        "CAP-AC-2026-000001-X",
        instrument.number,
    ):  # one that is not there, one of another service
        with pytest.raises(IntegrityError, match="address service alone"), transaction.atomic():
            change(number)
    # The control: without the guard anything would change it.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE places_registerchange DISABLE TRIGGER places_register_by_instrument")
    change(instrument.number)
    assert RegisterChange.objects.count() == 1


def test_one_person_proposes_to_revoke_and_another_revokes(instrument: Instrument, mariam: Actor) -> None:
    salem = staff("salem", Role.OFFICER)
    proposal = propose_revocation(instrument, "Obtained by a forged lease", actor=salem, at=NOW)
    assert after(instrument, 1) == "valid"
    with pytest.raises(UnderWay):
        propose_revocation(instrument, "again", actor=mariam, at=NOW)
    with pytest.raises(NotPermitted):
        approve_revocation(proposal, actor=salem, at=NOW)
    revocation = approve_revocation(proposal, actor=mariam, at=NOW)
    assert (revocation.proposed_by, revocation.actor) == (salem.person, mariam.person)
    assert after(instrument, 2) == "revoked"


def test_who_proposed_a_revocation_does_not_approve_it(instrument: Instrument, mariam: Actor) -> None:
    proposal = propose_revocation(instrument, "Obtained by a forged lease", actor=mariam, at=NOW)
    with pytest.raises(ProposedByYourself):
        approve_revocation(proposal, actor=mariam, at=NOW)
    with pytest.raises(ProposedByYourself):
        revoke(instrument, reason="x", proposed_by=mariam.person, actor=mariam, at=NOW)
    assert not Revocation.objects.exists()


def test_a_refused_proposal_changes_nothing_and_another_may_follow(
    instrument: Instrument, mariam: Actor
) -> None:
    salem = staff("salem", Role.OFFICER)
    proposal = propose_revocation(instrument, "Obtained by a forged lease", actor=salem, at=NOW)
    refuse_revocation(proposal, "The lease is genuine", actor=mariam, at=NOW)
    assert after(instrument, 1) == "valid"
    assert propose_revocation(instrument, "Another reason", actor=salem, at=NOW)


def test_the_database_refuses_a_revocation_by_one_person_and_without_its_trigger_takes_it(
    instrument: Instrument, mariam: Actor
) -> None:
    mandate = Mandate.objects.get(post__person=mariam.person)
    alone = {"instrument": instrument, "reason": "x", "actor": mariam.person, "at": NOW, "mandate": mandate}
    with pytest.raises(IntegrityError, match="no one person revokes"), transaction.atomic():
        Revocation.objects.create(**alone)
    with pytest.raises(IntegrityError, match="revoked_by_another"), transaction.atomic():
        Revocation.objects.create(proposed_by=mariam.person, **alone)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE issuance_revocation DISABLE TRIGGER issuance_revocation_by_two")
    assert Revocation.objects.create(**alone)


def test_a_list_is_signed_again_where_something_changed_or_it_grew_old_and_not_otherwise(
    instrument: Instrument, mariam: Actor
) -> None:
    publishing.everything(at=NOW)
    signed = issued_at(instrument)

    def later(minutes: int) -> datetime:
        publishing.what_is_due(at=NOW + timedelta(minutes=minutes))
        return issued_at(instrument)

    with CaptureQueriesContext(connection) as asked:
        assert later(5) == signed
    assert not [each for each in asked.captured_queries if each["sql"].startswith("INSERT")]
    # A fact whose job was lost: the next run finds it by its moment.
    Revocation.objects.create(
        instrument=instrument,
        reason="x",
        proposed_by=staff("salem", Role.OFFICER).person,
        actor=mariam.person,
        mandate=Mandate.objects.get(post__person=mariam.person),
        at=NOW + timedelta(minutes=7),
    )
    assert later(10) == NOW + timedelta(minutes=10)
    assert verdict(instrument, NOW + timedelta(minutes=10)) == "revoked"
    for minutes in (90, 95):
        publishing.what_is_due(at=NOW + timedelta(minutes=minutes))
    assert issued_at(instrument) == NOW + timedelta(minutes=90)
    assert later(121) == NOW + timedelta(minutes=121)
