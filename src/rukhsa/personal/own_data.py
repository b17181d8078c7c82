"""A person's own data as one file: applications, answers, steps, money, messages, violations, and the files sent."""

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import IO, Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string

from rukhsa.accounts.models import Company, Person
from rukhsa.agreement import State
from rukhsa.applications import blobs
from rukhsa.applications.models import Application, Attachment
from rukhsa.applications.picture import copy_of
from rukhsa.consents.models import Consent
from rukhsa.correspondence.models import Enclosure, Message
from rukhsa.delivery.models import Notice
from rukhsa.files.kind import JPEG, ending_of
from rukhsa.issuance.models import Instrument
from rukhsa.payments.models import DepositAccount, Receipt
from rukhsa.personal import own_looks
from rukhsa.violations.models import Evidence, Violation
from rukhsa.violations.party import against

A_PIECE: Final = 64 * 1024  # bytes
MOST_LOOKS: Final = 5_000
FORMAT: Final = "rukhsa-own-data/1"  # docs/formats/own-data.md


@dataclass(frozen=True, kw_only=True)
class DataSubject:
    """Whose data: a person's own, or those of the company; with `authority` the part that belongs to that one alone."""

    person: Person
    company: Company | None = None
    authority: str = ""

    @property
    def applications(self) -> QuerySet[Application]:
        """Those of the subject, drafts too; with an authority those that were submitted there."""
        own = Q(company=self.company) if self.company else Q(applicant=self.person, company=None)
        if self.authority:
            own &= Q(authority=self.authority, reference__isnull=False)
        return Application.objects.filter(own)

    @property
    def violations(self) -> QuerySet[Violation]:
        """Those that a second person confirmed, so that the party was told of them."""
        told = Violation.objects.filter(against(self.person, self.company), state=State.APPROVED)
        return told.filter(authority=self.authority) if self.authority else told


def write_to(file: IO[bytes], subject: DataSubject, *, at: datetime, said: Callable[[int], None]) -> None:
    """Write the ZIP of everything that is the subject's; `said` is told after each file how many are written."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, digest) in enumerate(files_of(subject), 1):
            with blobs.open_file(digest) as stored, archive.open(name, "w") as written:
                while piece := stored.read(A_PIECE):
                    written.write(piece)
            said(number)
        told = {
            "format": FORMAT,
            "made_at": at,
            "authority": subject.authority or None,
            "person": person_told(subject),
            "applications": list(applications_told(subject.applications)),
            "violations": violations_told(subject),
            "consents": consents_told(subject),
            "looks": looks_told(subject),
        }
        archive.writestr("data.html", render_to_string("personal/own_data.html", told))
        text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        archive.writestr("data.json", text)


def person_told(subject: DataSubject) -> dict[str, Any]:
    """What is known of the person."""
    person, company = subject.person, subject.company
    return {
        "name_ar": person.name_ar,
        "name_en": person.name_en,
        "kind": person.kind,
        "personal_number": person.personal_number,
        "email": person.email,
        "phone": person.phone,
        "language": person.language,
        "acting_for_company": company.registration if company else None,
    }


def applications_told(mine: QuerySet[Application]) -> Iterator[dict[str, Any]]:
    """Each application with what belongs to it, the oldest first."""
    rows = mine.select_related("service_version").prefetch_related("steps", "attachments")
    messages = _by_application(Message.objects, mine, "application", "side", "text", "at")
    receipts = _by_application(
        Receipt.objects, mine, "charge__application", "number", "amount", "currency", "at"
    )
    notices = _by_application(
        Notice.objects, mine, "application", "event", "channel", "facts", "created_at", "sent_at"
    )
    accounts = _by_application(DepositAccount.objects, mine, "application", "iban", "at")
    documents = _by_application(
        Instrument.objects, mine, "intent__application", "intent__number", "released_at"
    )
    for each in rows.order_by("created_at").iterator(chunk_size=100):
        yield {
            "id": each.pk,
            "reference": each.reference,
            "service": each.service_version.service,
            "stage": each.stage,
            "created_at": each.created_at,
            "submitted_at": each.submitted_at,
            "answers": each.answers,
            "typed": each.typed,
            "steps": [{"act": step.act, "at": step.at} for step in each.steps.all()],
            "files": [
                {"document": file.document, "name": file.name, "digest": file.digest, "at": file.added_at}
                for file in each.attachments.all()
            ],
            "messages": messages.get(each.pk, []),
            "receipts": receipts.get(each.pk, []),
            "documents": documents.get(each.pk, []),
            "notices": notices.get(each.pk, []),
            "deposit_accounts": accounts.get(each.pk, []),
        }


def violations_told(subject: DataSubject) -> list[dict[str, Any]]:
    """What was confirmed against the subject, as it was told; empty once erased."""
    names = ("number", "kind", "place", "text", "amount", "currency", "seen_at", "mend_by", "contest_by")
    return list(subject.violations.order_by("proposed_at").values(*names))


def consents_told(subject: DataSubject) -> list[dict[str, Any]]:
    """What the person asked owners for, and what was asked of the person; it belongs to no one authority."""
    if subject.authority:
        return []
    own = Q(agent=subject.person, company=subject.company)
    if not subject.company and subject.person.personal_number:
        own |= Q(owner_number=subject.person.personal_number)
    names = ("basis", "services", "until", "asked_at", "answer__given", "answer__at", "end__at")
    return list(Consent.objects.filter(own).order_by("asked_at").values(*names))


def looks_told(subject: DataSubject) -> list[dict[str, Any]]:
    """Who looked at the applications, as the page says it: the newest, by role and office."""
    applications = own_looks.newest_of(subject.applications)
    entries = list(own_looks.looks_at(applications)[:MOST_LOOKS])
    return [
        {
            "at": each.at,
            "what": str(each.what),
            "role": str(each.role),
            "office": str(each.office.en or each.office.ar) if each.office else "",
            "application": each.application.reference,
            "purpose": each.purpose,
        }
        for each in own_looks.told_of(entries, applications)
    ]


def _by_application(rows: Any, mine: Any, path: str, *names: str) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in rows.filter(**{f"{path}__in": mine}).order_by("pk").values(path, *names):
        found.setdefault(row.pop(path), []).append(row)
    return found


def files_of(subject: DataSubject) -> Iterator[tuple[str, str]]:
    """The name in the archive and the digest of each file, once; none of what was erased."""
    mine = subject.applications.filter(erasure=None)
    sent = Attachment.objects.present().filter(application__in=mine)
    enclosed = Enclosure.objects.filter(message__application__in=mine)
    evidence = Evidence.objects.filter(violation__in=subject.violations.filter(erasure=None))
    found = {
        "files": (each for each in sent.values_list("name", "digest", "media_type")),
        "messages": ((each.name, *each.given_to(subject.person)) for each in enclosed),
        "violations": (
            (each.violation.number, copy_of(each.digest).shown_digest, JPEG.media_type)
            for each in evidence.select_related("violation")
        ),
    }
    for folder, rows in found.items():
        seen = set()
        for name, digest, media_type in rows:
            if digest not in seen:
                seen.add(digest)
                yield f"{folder}/{PurePath(name).stem[:60]}-{digest[:8]}.{ending_of(media_type)}", digest
