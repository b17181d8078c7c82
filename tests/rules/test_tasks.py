"""Every task may run twice and does its work once: the facts after the second run are those after the first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.core import mail
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job
from pytest_django import Settings

from rukhsa.accounts.models import Person
from rukhsa.applications import blobs
from rukhsa.applications.models import Application, Signatory, Signing
from rukhsa.applications.signing_message import ask_signatory, tell_signing
from rukhsa.authorities.models import Agency
from rukhsa.batches.models import Batch
from rukhsa.batches.submitting import submit_rows
from rukhsa.catalogue.service_version import publish
from rukhsa.catalogue.territory import territory_folder
from rukhsa.consents.models import Consent, ConsentAnswer
from rukhsa.consents.request import ask_owner, tell_checked
from rukhsa.delivery.models import Notice
from rukhsa.delivery.notice import send_again, send_notice
from rukhsa.digest import send as send_digest_letters
from rukhsa.digest import tell_second_hands
from rukhsa.figures.open_data import publish_open_data
from rukhsa.figures.upkeep import keep_up_now
from rukhsa.figures.weekly_letter import send as send_weekly_figures
from rukhsa.issuance import cycle
from rukhsa.issuance.models import Cosignature, Instrument, TimeStamp
from rukhsa.issuance.papers import issue_paper
from rukhsa.issuance.publishing import publish_everything, publish_status
from rukhsa.issuance.time_stamp import stamp_files
from rukhsa.issuance.witnesses import cosign_logs
from rukhsa.journey import advance_now
from rukhsa.payments.models import Receipt
from rukhsa.personal.data_export import make_export
from rukhsa.personal.models import DataExport
from rukhsa.project.config import SANDBOX_WITNESS, TimeStamping, Witnesses
from rukhsa.project.stalled_jobs import take_up_stalled
from rukhsa.review.models import Agenda, SittingPapers
from rukhsa.review.sitting_papers import bind_papers
from rukhsa.service_status import publish as publish_service_status
from rukhsa.staff.letter import Letter, send_letter, tell
from rukhsa.staff.tasks import forget
from rukhsa.sweeps import (
    clear,
    erase_what_is_over,
    look_back,
    place_journal,
    remind,
    resend,
    sweep,
    sweep_payments,
)
from rukhsa.verification.webhook import Webhook, tell_agencies, tell_agency
from rukhsa.violations.models import PartyNotice, Violation
from rukhsa.violations.party_notice import send_party_notice
from rukhsa_rehearsal.sandbox.serve import Running
from tests import ceremony
from tests.kept import kept
from tests.outside import begin_anew, shared
from tests.rooms.issuance.conftest import NOW, RESIDENCE, build_town, granted_application, layla, pay
from tests.rooms.reader.test_binder import composed
from tests.waiting import LONGEST


@dataclass(frozen=True, kw_only=True)
class World:
    """An application that is granted and paid for, and the address of the box in which messages arrive."""

    application: Application
    box: str

    @property
    def instrument(self) -> Instrument:
        """Its document, issued here where it was not."""
        return cycle.issue(self.application, at=timezone.now())

    def notice(self, channel: str) -> Notice:
        """Word to Layla that is to be sent over a channel."""
        told = {"application": self.application, "person": self.application.applicant, "language": "ar"}
        return Notice.objects.get_or_create(
            event="submitted", channel=channel, defaults={"created_at": NOW}, **told
        )[0]


def _publish_status(world: World) -> None:
    intent = world.instrument.intent
    publish_status(authority=intent.authority_id, number=intent.status_list)


def _publish_everything(world: World) -> None:
    assert world.instrument
    publish_everything(timestamp=0)


def _cosign(world: World) -> None:
    assert world.instrument
    cosign_logs(timestamp=0)
    assert Cosignature.objects.exists()


def _stamp_files(world: World) -> None:
    assert world.instrument
    stamp_files(timestamp=0)
    assert TimeStamp.objects.count() == 1


def _send(world: World) -> None:
    for channel in Notice.Channel:
        send_notice(notice=str(world.notice(channel).pk))


def _ask_owner(world: World) -> None:
    owner = world.application.applicant
    consent, _ = Consent.objects.get_or_create(
        owner_number=owner.personal_number,
        defaults={"agent": owner, "services": [], "until": NOW.date(), "code": "482913", "asked_at": NOW},
    )
    ask_owner(consent=str(consent.pk))


def _tell_checked(world: World) -> None:
    owner = world.application.applicant
    consent, new = Consent.objects.get_or_create(
        owner_number="900000002",
        defaults={"agent": owner, "services": [], "until": NOW.date(), "code": "", "asked_at": NOW},
    )
    if new:
        ConsentAnswer.objects.create(consent=consent, owner=owner, given=True, at=NOW)
    tell_checked(consent=str(consent.pk))


def _named(world: World) -> Signatory:
    draft = world.application
    Application.objects.filter(pk=draft.pk).update(stage="returned")
    return Signatory.objects.get_or_create(
        application=draft, number="900000001",
        defaults={"phone": "+97336000009", "code": "482913", "named_by": draft.applicant, "named_at": NOW,
                  "asked_at": NOW},
    )[0]  # fmt: skip


def _ask_signatory(world: World) -> None:
    ask_signatory(signatory=str(_named(world).pk))


def _tell_signing(world: World) -> None:
    said = {"person": world.application.applicant, "agreed": True, "content": "", "at": NOW}
    signing, _ = Signing.objects.get_or_create(signatory=_named(world), defaults=said)
    tell_signing(signing=signing.pk)


def _submit_rows(world: World) -> None:
    version, person = world.application.service_version, world.application.applicant
    batch, new = Batch.objects.get_or_create(
        name="rows.csv", defaults={"service_version": version, "person": person, "language": "ar",
                                   "created_at": NOW, "confirmed_at": NOW},
    )  # fmt: skip
    if new:
        batch.rows.create(number=2, typed=world.application.typed)
    submit_rows(batch=str(batch.pk))
    assert not batch.rows.waiting().exists()


def _send_letter(world: World) -> None:
    salem = Person.objects.filter(email="salem@mun.example").first() or Person.objects.create_user(
        "salem@mun.example", kind="staff"
    )
    if not Letter.objects.exists():
        tell(salem, "password-changed", at=NOW)
    send_letter(letter=Letter.objects.get().pk)


def _tell_party(world: World) -> None:
    salem = Person.objects.filter(email="salem@mun.example").first() or Person.objects.create_user(
        "salem@mun.example", kind="staff"
    )
    told = {"authority_id": "CAP", "kind": "waste", "place": "317", "text": "Rubble.", "seen_at": NOW}
    days = {"mend_by": NOW.date(), "contest_by": NOW.date(), "proposed_at": NOW, "proposed_by": salem}
    fine = {"amount": 20_000, "currency": "BHD"}
    violation, _ = Violation.objects.get_or_create(number="CAP-VN-2026-000001-1", defaults=told | days | fine)
    at = {"language": "ar", "created_at": NOW}
    for channel, to in (("sms", "+97336000009"), ("mail", "layla@people.example")):
        notice, _ = PartyNotice.objects.get_or_create(
            violation=violation, channel=channel, to=to, defaults=at
        )
        send_party_notice(notice=str(notice.pk))
        assert PartyNotice.objects.get(pk=notice.pk).sent_at


def _tell_agency(world: World) -> None:
    """An agency that is owed nothing: what is sent once is in tests/rooms/verification/test_webhook.py."""
    agency, _ = Agency.objects.get_or_create(code="ewa")
    told = {"made_by": world.application.applicant, "made_at": NOW, "next_at": NOW, "secret": "s"}
    address = world.box.replace("mailbox.json", "agency/ewa/changes")
    hook, _ = Webhook.objects.get_or_create(agency=agency, defaults=told | {"address": address})
    tell_agency(webhook=str(hook.pk))
    assert not Webhook.objects.get().failures


def _bind_papers(world: World) -> None:
    salem = Person.objects.filter(email="salem@mun.example").first() or Person.objects.create_user(
        "salem@mun.example", kind="staff"
    )
    called = {
        "authority_id": "CAP",
        "committee": "building",
        "starts_at": NOW,
        "prepared_by": salem,
        "at": NOW,
    }
    agenda, _ = Agenda.objects.get_or_create(place="Hall", defaults=called)
    asked = {"files": [], "asked_by": salem, "asked_at": NOW, "composed_digest": blobs.keep(composed(1))}
    papers, _ = SittingPapers.objects.get_or_create(agenda=agenda, defaults=asked)
    bind_papers(papers=str(papers.pk))
    assert SittingPapers.objects.get().finished_at


def _export(world: World) -> DataExport:
    applicant = world.application.applicant
    asked = {"asked_by": applicant, "language": "ar", "asked_at": timezone.now()}
    return DataExport.objects.get_or_create(person=applicant, defaults=asked)[0]


def _make_export(world: World) -> None:
    make_export(export=str(_export(world).pk))
    assert DataExport.objects.get().ready_at


def _issue_paper(world: World) -> None:
    receipt = Receipt.objects.get(charge__application=world.application)
    issue_paper(origin=f"receipt:{receipt.pk}")


def _take_up(world: World) -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        async_to_sync(_take_up_in)(working)


async def _take_up_in(working: Any) -> None:
    job = Job(id=1, queue="project", lock=None, queueing_lock=None, task_name=take_up_stalled.name)
    async with working.open_async():
        await take_up_stalled(
            JobContext(app=working, job=job, start_timestamp=0, abort_reason=lambda: None), timestamp=0
        )


# A new task fails here until it is written down with what it needs to run.
RUNS: dict[str, Callable[[World], None]] = {
    "journey.advance": lambda world: advance_now(application=str(world.application.pk)),
    "personal.erase": lambda world: erase_what_is_over(timestamp=0),
    "review.look_back": lambda world: look_back(timestamp=0),
    "audit.place": lambda world: place_journal(timestamp=0),
    "journey.sweep": lambda world: sweep(timestamp=0),
    "journey.sweep_payments": lambda world: sweep_payments(timestamp=0),
    "journey.remind": lambda world: remind(timestamp=0),
    "issuance.issue_paper": _issue_paper,
    "issuance.publish_status": _publish_status,
    "issuance.publish_everything": _publish_everything,
    "issuance.cosign": _cosign,
    "issuance.stamp_files": _stamp_files,
    "delivery.send_notice": _send,
    "delivery.send_again": lambda world: send_again(notice=str(world.notice("sms").pk)),
    "delivery.resend": lambda world: resend(timestamp=0),
    "service_status.publish": lambda world: publish_service_status(timestamp=0),
    "sweeps.clear": lambda world: clear(timestamp=0),
    "consents.ask_owner": _ask_owner,
    "batches.submit_rows": _submit_rows,
    "consents.tell_checked": _tell_checked,
    "applications.ask_signatory": _ask_signatory,
    "applications.tell_signing": _tell_signing,
    "figures.publish_open_data": lambda world: publish_open_data(timestamp=0),
    "figures.keep_up": lambda world: keep_up_now(timestamp=0),
    "staff.send_letter": _send_letter,
    "figures.send_weekly": lambda world: send_weekly_figures(timestamp=0),
    "digest.send": lambda world: send_digest_letters(timestamp=0),
    "digest.tell_second_hands": lambda world: tell_second_hands(timestamp=0),
    "staff.forget": lambda world: forget(timestamp=0),
    "project.take_up_stalled": _take_up,
    "violations.send_party_notice": _tell_party,
    "review.bind_papers": _bind_papers,
    "personal.make_export": _make_export,
    "verification.tell_agencies": lambda world: tell_agencies(timestamp=0),
    "verification.tell_agency": _tell_agency,
}

# Each publication of a status list is itself an entry of the log, of the same statuses at a later moment.
PUBLISHED = {
    "issuance.publish_status": {"issuance.LogLeaf", "issuance.WaitingLeaf"},
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    folder = tmp_path_factory.mktemp("sandbox")
    with shared(folder) as sandbox:
        yield sandbox, folder


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path, sandbox: tuple[Running, Path]) -> World:
    """A town in which every task has something to do."""
    outside, folder = sandbox
    settings.RUKHSA_KEYS, settings.RUKHSA_PUBLIC = tmp_path / "keys", tmp_path / "public"
    begin_anew(folder, logs=settings.RUKHSA_PUBLIC)
    settings.RUKHSA_WITNESSES = Witnesses(named=((SANDBOX_WITNESS, f"{outside.address}/witness"),), quorum=1)
    settings.RUKHSA_TSA = TimeStamping(
        address=f"{outside.address}/tsa", policy="", certificates=folder / "tsa.crt"
    )
    settings.CONFIG = replace(settings.CONFIG, sms_url=f"{outside.address}/sms")
    kept(("tasks", settings.RUKHSA_TSA), _settle, files=ceremony.folders())
    return World(application=Application.objects.get(), box=f"{outside.address}/mailbox.json")


def _settle() -> None:
    build_town()
    publish(territory_folder() / "papers/receipt.yaml", actor=None, at=NOW)
    ceremony.make_keys(at=timezone.now(), ahead=1)  # tasks ask the machine for the time, in whatever month
    ceremony.hold(at=timezone.now())
    person = layla()
    person.phone = "+97336000001"
    person.save()
    pay(granted_application("proof-of-residence", RESIDENCE))


def test_every_task_is_written_down() -> None:
    app.perform_import_paths()
    ours = {name for name in app.tasks if not name.startswith(("builtin:", "procrastinate."))}
    assert ours == RUNS.keys()


@pytest.mark.parametrize("task", RUNS)
def test_a_task_that_runs_twice_does_its_work_once(task: str, world: World) -> None:
    RUNS[task](world)
    once = _facts()
    RUNS[task](world)
    grown = {name for name, rows in _facts().items() if rows != once[name]}
    assert grown == PUBLISHED.get(task, set())


def test_a_notice_that_is_sent_twice_arrives_once(world: World) -> None:
    _send(world)
    _send(world)
    assert len(mail.outbox) == 1
    assert len(httpx.get(world.box, params={"to": "+97336000001"}, timeout=LONGEST).json()) == 1


def test_a_letter_that_is_sent_twice_arrives_once(world: World) -> None:
    _send_letter(world)
    _send_letter(world)
    assert len(mail.outbox) == 1


def test_the_sweep_does_not_pile_up_work_that_cannot_be_done(world: World) -> None:
    for _ in range(3):
        sweep(timestamp=0)
    assert ProcrastinateJob.objects.filter(lock=str(world.application.pk)).count() == 1


def test_a_task_that_does_its_work_twice_is_found(world: World) -> None:
    once = _facts()
    assert _facts() == once
    granted_application("proof-of-residence", RESIDENCE)
    assert _facts() != once


def _facts() -> dict[str, list[dict[str, Any]]]:
    """Every row of every room; the jobs that wait are no facts."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for config in apps.get_app_configs()
        if config.name.startswith("rukhsa.")
        for model in config.get_models()
    }
