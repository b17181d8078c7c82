"""A person's own data as one file: applications, answers, steps, money, messages, and the files that were sent."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.http import FileResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import blobs
from rukhsa.applications.models import Application, Attachment
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.consents.models import Consent
from rukhsa.correspondence.models import Enclosure, Message
from rukhsa.delivery.models import Notice
from rukhsa.files.kind import ending_of
from rukhsa.issuance.models import Instrument
from rukhsa.payments.models import DepositAccount, Receipt
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal import looks

A_PIECE = 64 * 1024
MOST_LOOKS = 5_000
FORMAT = "rukhsa-own-data/1"  # docs/formats/own-data.md


@requires(Permission.READ_OWN)
@never_cache
@require_POST
def download(request: PortalRequest) -> FileResponse:
    """A ZIP with data.json and the files; it is written to a temporary file, however large it is."""
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_to(file, request.actor)
    record("export-own-data", request.actor.person, actor=request.actor, at=timezone.now())
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename="my-data.zip", content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response


def write_to(file: IO[bytes], actor: Actor) -> None:
    """Write the ZIP of everything that is the actor's own."""
    mine = Application.objects.of_applicant(actor)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, digest in files_of(actor):
            with blobs.open_file(digest) as stored, archive.open(name, "w") as written:
                while piece := stored.read(A_PIECE):
                    written.write(piece)
        told = {
            "format": FORMAT,
            "made_at": timezone.now(),
            "person": person_told(actor),
            "applications": list(applications_told(mine)),
            "consents": consents_told(actor),
            "looks": looks_told(actor),
        }
        archive.writestr("data.html", render_to_string("portal/own_data.html", told))
        text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        archive.writestr("data.json", text)


def person_told(actor: Actor) -> dict[str, Any]:
    """What is known of the person."""
    person, company = actor.person, actor.company
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


def applications_told(mine: Any) -> Iterator[dict[str, Any]]:
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


def consents_told(actor: Actor) -> list[dict[str, Any]]:
    """What the person asked owners for, and what was asked of the person."""
    own = Q(agent=actor.person, company=actor.company)
    if actor.is_oneself and actor.person.personal_number:
        own |= Q(owner_number=actor.person.personal_number)
    names = ("basis", "services", "until", "asked_at", "answer__given", "answer__at", "end__at")
    return list(Consent.objects.filter(own).order_by("asked_at").values(*names))


def looks_told(actor: Actor) -> list[dict[str, Any]]:
    """Who looked at the person's applications, as the page says it: the newest, by role and office."""
    applications = looks.applications_of(actor)
    entries = list(looks.looks_at(applications)[:MOST_LOOKS])
    return [
        {
            "at": each.at,
            "what": str(each.what),
            "role": str(each.role),
            "office": str(each.office.en or each.office.ar) if each.office else "",
            "application": each.application.reference,
            "purpose": each.purpose,
        }
        for each in looks.told_of(entries, applications)
    ]


def _by_application(rows: Any, mine: Any, path: str, *names: str) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in rows.filter(**{f"{path}__in": mine}).order_by("pk").values(path, *names):
        found.setdefault(row.pop(path), []).append(row)
    return found


def files_of(actor: Actor) -> Iterator[tuple[str, str]]:
    """The name in the archive and the digest of each file, once."""
    mine = Application.objects.of_applicant(actor)
    sent = Attachment.objects.present().filter(application__in=mine)
    for folder, rows in (("files", sent), ("messages", Enclosure.objects.of_applicant(actor))):
        seen = set()
        for name, digest, media_type in rows.values_list("name", "digest", "media_type"):
            if digest not in seen:
                seen.add(digest)
                yield f"{folder}/{PurePath(name).stem[:60]}-{digest[:8]}.{ending_of(media_type)}", digest
