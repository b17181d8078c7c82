"""A version is published by two people, from a day on, and what began before keeps its form."""

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission, Role
from rukhsa.agreement import NotToBeDecided, ProposedByYourself, ReasonMissing, State
from rukhsa.applications import draft, process_change
from rukhsa.applications.application import move
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Act
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor, NotPermitted, actor_for
from rukhsa.authorities.models import Authority, Post
from rukhsa.catalogue import service_proposal as proposing
from rukhsa.catalogue.definition import Definition, lacking
from rukhsa.catalogue.load import load
from rukhsa.catalogue.models import ServiceProposal, ServiceVersion
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.service_proposal import EffectiveDayPast, Overtaken, approve, propose, refuse
from rukhsa.catalogue.service_version import publish
from rukhsa_rehearsal.staffing import make_cast
from tests.rooms.catalogue.broken import BAHRAIN, changed, text_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = date(2026, 11, 24)
NEW_YEAR = date(2027, 1, 1)
RW = "road-works-licence"


@pytest.fixture
def town() -> dict[str, Actor]:
    """Bahrain with its people, and road works as the file says."""
    load(BAHRAIN)
    make_cast()
    publish(BAHRAIN / "services" / f"{RW}.yaml", actor=None, at=AT - timedelta(days=30))
    names = ("salem@mun.example", "mariam@mun.example", "yusuf@mun.example")
    return {name[:5]: actor_for(Person.objects.get(email=name), at=AT) for name in names}


def kept(text: str, *, by: Actor, effective_on: date = NEW_YEAR) -> ServiceProposal:
    """A proposal as `propose` leaves it, its document not worn: that is seen once below."""
    definition = proposing.read_proposal(text, on=TODAY).value
    proposal = proposing._proposal(definition, text, effective_on, tell)
    return agreement.propose(proposal, permission=Permission.PROPOSE_SERVICE, actor=by, at=AT)


def tell(old: Definition, new: Definition) -> dict[str, str]:
    """What a later room says of a difference."""
    return {"en": f"{old.code}: {len(old.charges)} charges, now {len(new.charges)}"}


def test_what_one_proposes_another_publishes_from_its_day_on(town: dict[str, Actor]) -> None:
    dearer = changed(RW, "amount: 2.000", "amount: 3.000")
    proposal = propose(dearer, effective_on=NEW_YEAR, tell=tell, actor=town["salem"], at=AT)
    assert list(ServiceProposal.objects.open()) == [proposal]
    assert proposal.difference["en"].startswith("RW: ")
    assert ServiceVersion.objects.filter(service=RW).count() == 1
    version = approve(proposal, actor=town["maria"], at=AT + timedelta(hours=1))
    assert (version.number, version.effective_on, version.source_text) == (2, NEW_YEAR, dearer)
    assert not ServiceProposal.objects.open().exists()
    eve = NEW_YEAR - timedelta(days=1)
    in_effect = [ServiceVersion.objects.current(on=day).get(service=RW).number for day in (eve, NEW_YEAR)]
    assert in_effect == [1, 2]
    acts = JournalEntry.objects.filter(
        act__in=["propose-service", "catalogue:service:publish", "approve-service"]
    )
    actors = [town["salem"].person.pk, town["maria"].person.pk, town["maria"].person.pk]
    assert list(acts.exclude(actor=None).order_by("pk").values_list("actor", flat=True)) == actors
    with pytest.raises(NotToBeDecided):
        approve(proposal, actor=town["maria"], at=AT)


def test_nobody_publishes_what_they_proposed_and_the_database_keeps_that_too(town: dict[str, Actor]) -> None:
    mariam = town["maria"]
    proposal = kept(changed(RW, "amount: 2.000", "amount: 3.000"), by=mariam)
    with pytest.raises(ProposedByYourself):
        approve(proposal, actor=mariam, at=AT)
    with pytest.raises(NotPermitted):
        approve(proposal, actor=town["salem"], at=AT)
    proposal.state, proposal.decided_by, proposal.decided_at = State.APPROVED, mariam.person, AT
    proposal.version = ServiceVersion.objects.get(service=RW)
    with pytest.raises(IntegrityError, match="approved_by_another"), transaction.atomic():
        proposal.save()


def test_a_service_of_one_authority_is_decided_on_there_and_one_of_all_in_any(town: dict[str, Actor]) -> None:
    camping = "camping-registration"
    publish(BAHRAIN / "services" / f"{camping}.yaml", actor=None, at=AT - timedelta(days=30))
    texts = {
        "always theirs": changed(camping, "page: madhyamam.com", "page: www.madhyamam.com"),
        "given away": changed(camping, "authority: {always: SOU}", "authority: {always: CAP}"),
        "of all": changed(RW, "amount: 2.000", "amount: 3.000"),
    }
    proposed = {name: kept(text, by=town["salem"]) for name, text in texts.items()}
    may = {"always theirs": [False, True], "given away": [False, False], "of all": [True, True]}
    supervisors = [at_one(Role.SUPERVISOR, code) for code in ("CAP", "SOU")]
    for name, proposal in proposed.items():
        for supervisor, said in zip(supervisors, may[name], strict=True):
            with transaction.atomic(), refused_unless(said):
                refuse(proposal, "لا", actor=supervisor, at=AT)
                transaction.set_rollback(True)
    with pytest.raises(NotPermitted):
        approve(proposed["always theirs"], actor=supervisors[0], at=AT)
    assert approve(proposed["always theirs"], actor=supervisors[1], at=AT)
    with pytest.raises(NotPermitted):
        propose(texts["given away"], effective_on=TODAY, tell=tell, actor=at_one(Role.OFFICER, "CAP"), at=AT)


def at_one(role: Role, code: str) -> Actor:
    """One of the staff of one authority alone."""
    person = Person.objects.create(email=f"{role}.{code}@mun.example", kind="staff")
    Post.objects.create(person=person, role=role, authority_id=code, starts_on=TODAY)
    return actor_for(person, at=AT)


def refused_unless(said: bool) -> AbstractContextManager[object]:
    """What is permitted passes, and anything else raises."""
    return nullcontext() if said else pytest.raises(NotPermitted)


def test_a_proposal_is_of_a_sound_text_for_today_or_later_by_an_officer(town: dict[str, Actor]) -> None:
    dearer = changed(RW, "amount: 2.000", "amount: 3.000")
    with pytest.raises(EffectiveDayPast):
        propose(dearer, effective_on=TODAY - timedelta(days=1), tell=tell, actor=town["salem"], at=AT)
    with pytest.raises(NotPermitted):
        propose(dearer, effective_on=TODAY, tell=tell, actor=town["yusuf"], at=AT)
    with pytest.raises(DefinitionRefused):
        propose(
            changed(RW, "question: on-behalf", "question: of-nobody"),
            effective_on=TODAY,
            tell=tell,
            actor=town["salem"],
            at=AT,
        )
    assert not ServiceProposal.objects.exists()


def test_a_code_of_another_published_service_is_refused(town: dict[str, Actor]) -> None:
    publish(BAHRAIN / "services/proof-of-residence.yaml", actor=None, at=AT)
    with pytest.raises(DefinitionRefused, match="proof-of-residence"):
        proposing.read_proposal(changed(RW, "code: RW", "code: PR"), on=TODAY)


def test_a_charge_that_is_over_on_the_day_from_which_it_would_hold_is_refused(town: dict[str, Actor]) -> None:
    since = next(line for line in text_of(RW).partition("\ncharges:")[2].splitlines() if "from: 20" in line)
    ended = changed(RW, since, f"{since}\n    until: {NEW_YEAR - timedelta(days=1)}")
    assert proposing.read_proposal(ended, on=TODAY)
    with pytest.raises(DefinitionRefused, match="nobody is charged it any more"):
        propose(ended, effective_on=NEW_YEAR, tell=tell, actor=town["salem"], at=AT)


def test_what_was_compared_with_an_older_version_is_proposed_anew(town: dict[str, Actor]) -> None:
    first, second = (
        kept(changed(RW, "amount: 2.000", f"amount: {price}"), by=town["salem"])
        for price in ("3.000", "4.000")
    )
    approve(first, actor=town["maria"], at=AT)
    with pytest.raises(Overtaken):
        approve(second, actor=town["maria"], at=AT)
    with pytest.raises(ReasonMissing):
        refuse(second, " ", actor=town["salem"], at=AT)
    refuse(second, "نُشر غيره.", actor=town["salem"], at=AT)
    assert not ServiceProposal.objects.open().exists()


def test_an_application_keeps_its_form_and_follows_the_newer_process_when_an_officer_says_so(
    town: dict[str, Actor],
) -> None:
    layla = Person.objects.create_user("layla@people.example", name_ar="ليلى", kind="citizen")
    version = ServiceVersion.objects.get(service=RW)
    application = draft.start(version, actor=actor_for(layla, at=AT), language="ar", at=AT)
    application.authority, application.reference = Authority.objects.get(code="CAP"), "CAP-2026-000001-0"
    application.submitted_at = AT
    move(application, Act.SUBMIT, actor=actor_for(layla, at=AT), at=AT)
    with pytest.raises(process_change.NoNewerProcess):
        process_change.change_process(application, reason="لا جديد", actor=town["salem"], at=AT)
    other = changed(RW, "    name: {ar: دراسة الطلب والمستندات", "    name: {ar: دراسة أخرى")
    approve(kept(other, by=town["salem"], effective_on=TODAY), actor=town["maria"], at=AT)
    change = process_change.change_process(application, reason="قرار إداري", actor=town["salem"], at=AT)
    moved = Application.objects.get(pk=application.pk)
    assert (change.before.number, change.after.number, moved.service_version.number) == (1, 2, 1)
    assert moved.definition.steps[0].name.ar == "دراسة أخرى"
    assert moved.definition.sections == version.definition.sections
    assert JournalEntry.objects.filter(act="migrate-process", subject=str(application.pk)).exists()
    with pytest.raises(process_change.NoNewerProcess):
        process_change.change_process(moved, reason="مرة أخرى", actor=town["salem"], at=AT)


def test_a_process_that_leans_on_what_the_form_does_not_ask_is_not_followed(town: dict[str, Actor]) -> None:
    text = text_of(RW).replace("closes-lane", "shuts-lane")
    version = approve(
        kept(text.replace("profile-code: 205", "profile-code: 905"), by=town["salem"]),
        actor=town["maria"],
        at=AT,
    )
    first = ServiceVersion.objects.get(service=RW, number=1)
    assert lacking(first.definition, version.definition) == ("shuts-lane",)
    assert lacking(version.definition, version.definition) == ()
