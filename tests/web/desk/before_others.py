"""What stands before a second officer or a committee, at the authority of the matrix of access."""

from rukhsa.accounts.models import Person
from rukhsa.applications import blobs
from rukhsa.applications.models import Application
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.models import TerritoryChange
from rukhsa.issuance.models import CorrectionProposal, Instrument, RevocationProposal
from rukhsa.review.agenda import Agenda
from rukhsa.review.condition import Condition
from rukhsa.review.models import CaseFile, Decision, Draw, DrawnGrant, OfficerAlarm
from rukhsa.review.opinion_file import OpinionFile
from rukhsa.review.proposal import Proposal
from rukhsa.review.queue import WaitingMatter
from rukhsa.review.referral import Opinion
from rukhsa.review.sitting import Minutes, Sitting
from rukhsa.review.sitting_minutes import SittingMinutes, content_of
from rukhsa.review.sitting_papers import SittingPapers
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import person


def revocation_of(instrument: Instrument) -> RevocationProposal:
    """A proposal of Salem's to revoke it."""
    salem = person("salem", works.authority())
    return RevocationProposal.objects.create(
        instrument=instrument, reason="x", proposed_by=salem, proposed_at=SUNDAY
    )


def correction_of(instrument: Instrument) -> CorrectionProposal:
    """A proposal of Salem's to correct a slip in it."""
    salem = person("salem", works.authority())
    return CorrectionProposal.objects.create(
        instrument=instrument,
        application=instrument.intent.application,
        reason="x",
        proposed_by=salem,
        proposed_at=SUNDAY,
    )


def closed_day_of(authority: Authority, proposer: Person) -> TerritoryChange:
    """A proposal to close an authority on a day."""
    return TerritoryChange.objects.create(
        kind="closed-day",
        key=f"{SUNDAY:%Y}-12-20.{authority.pk}",
        authority=authority,
        value={"closed": True, "ar": "صيانة", "en": "Repairs"},
        reason="x",
        effective_on=SUNDAY.date(),
        proposed_by=proposer,
        proposed_at=SUNDAY,
    )


def before_others(application: Application, digest: str) -> tuple[Proposal, Sitting, Minutes]:
    """The same application as if two officers decided, and a committee had met on it."""
    salem = person("salem", works.authority())
    proposal = Proposal.objects.create(
        application=application,
        submission=application.steps.get(),
        outcome="granted",
        reasons="In order.",
        proposed_by=salem,
        proposed_at=SUNDAY,
    )
    sitting = Sitting.objects.create(
        authority=works.authority(),
        committee="building",
        held_on=SUNDAY.date(),
        convened_by=salem,
        at=SUNDAY,
    )
    minutes = Minutes.objects.create(
        sitting=sitting,
        application=application,
        digest=digest,
        media_type="image/png",
        file_name="minutes.png",
        written_by=salem,
        at=SUNDAY,
    )
    WaitingMatter.objects.create(application=application, authority=works.authority(), committee="building")
    return proposal, sitting, minutes


def agenda_and_minutes(sitting: Sitting) -> tuple[Agenda, SittingMinutes]:
    """An agenda of the same committee, and minutes of the sitting that wait for Khalid as its chair."""
    salem = person("salem", works.authority())
    agenda = Agenda.objects.create(
        authority=sitting.authority, committee=sitting.committee, starts_at=SUNDAY.replace(year=2099),
        place="Hall", prepared_by=salem, at=SUNDAY,
    )  # fmt: skip
    SittingPapers.objects.create(
        agenda=agenda, composed_digest="0" * 64, files=[], asked_by=salem, asked_at=SUNDAY,
        digest=blobs.keep(b"%PDF-1.7"), finished_at=SUNDAY,
    )  # fmt: skip
    minutes = SittingMinutes.objects.create(
        sitting=sitting, version=1, chair=person("khalid", works.authority()), digest="0" * 64,
        content=content_of(sitting, salem, SUNDAY), proposed_by=salem, proposed_at=SUNDAY,
    )  # fmt: skip
    return agenda, minutes


def more_of_opinion(opinion: Opinion) -> tuple[Condition, OpinionFile]:
    """A condition and a file of an opinion."""
    digest = blobs.keep(b"cable")
    file = {"name": "cable.png", "digest": digest, "media_type": "image/png", "size": 5}
    shown = {"shown_digest": digest, "shown_media_type": "image/jpeg"}
    return (
        Condition.objects.create(opinion=opinion, text_ar="متران", text_en="Two metres"),
        OpinionFile.objects.create(opinion=opinion, **file, **shown),
    )


def case_file_of(application: Application, officer: Person, digest: str) -> CaseFile:
    """A file that an officer put beside it."""
    file = {"name": "letter.png", "digest": digest, "media_type": "image/png", "size": 5}
    shown = {"shown_digest": digest, "shown_media_type": "image/jpeg"}
    return CaseFile.objects.create(application=application, officer=officer, at=SUNDAY, **file, **shown)


def drawn_of(application: Application, officer: Person, ordinal: int) -> DrawnGrant:
    """A grant that was drawn to be looked at again, and an alarm about its officer."""
    decision = Decision.objects.create(application=application, outcome="granted", rule="made-up", at=SUNDAY)
    OfficerAlarm.objects.create(
        authority=application.authority, officer=officer, kind="volume", day=SUNDAY.date(),
        count=9000 + ordinal, usual=4, at=SUNDAY,
    )  # fmt: skip
    draw, _ = Draw.objects.get_or_create(
        day=SUNDAY.date(), defaults={"seed": "0" * 64, "share": 1000, "at": SUNDAY}
    )
    return DrawnGrant.objects.create(decision=decision, authority=application.authority, draw=draw)
