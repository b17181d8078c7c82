"""The papers of a sitting: a summary of each application at once, and one PDF with all files, bound by a job."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.applications import blobs
from rukhsa.applications.models import Application, Attachment
from rukhsa.audit.journal import record, record_each
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.territory import territory
from rukhsa.review import condition
from rukhsa.review.agenda import Agenda
from rukhsa.review.referral import Referral
from rukhsa.review.sitting_papers import MOST_FILES, SittingPapers, ask_for_papers
from rukhsa.web.access import PortalRequest, signed_in
from rukhsa.web.desk.agendas import reached
from rukhsa.web.printout import NEEDED, Part, Row, composed, digest_in_groups, parts_of
from rukhsa.web.templatetags.texts import moment, text


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One application of an agenda: its name with its number, what is said of it, and its files."""

    name: str
    parts: list[Part]
    files: list[Attachment]
    documents: dict[str, str]  # the names of what is asked for


@signed_in
@require_GET
def summary(request: PortalRequest, pk: UUID) -> FileResponse:
    """The papers without the files, at once: a chapter for each application with its drawing and opinions."""
    agenda, at = reached(request, pk), timezone.now()
    _tell_of_look(agenda, request.actor, at)
    return answer_pdf(BytesIO(composed(_content(agenda, _chapters(agenda, at), at))), "summary.pdf")


@signed_in
@require_POST
def bind(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Begin to bind the papers with the pages of all files."""
    agenda, at = reached(request, pk), timezone.now()
    chapters = _chapters(agenda, at)
    files = [each for chapter in chapters for each in chapter.files]
    if len(files) > MOST_FILES:
        messages.error(
            request, _("These applications have more files than papers can hold. Use the summary.")
        )
        return redirect("desk:agenda", pk)
    file = composed(_content(agenda, chapters, at, heads=list(_heads(chapters))))
    ask_for_papers(agenda, file, [each.pk for each in files], actor=request.actor, at=at)
    return redirect("desk:agenda", pk)


@signed_in
@require_GET
def download(request: PortalRequest, pk: UUID) -> FileResponse:
    """The papers that were bound last, read in pieces from the store."""
    agenda = reached(request, pk)
    bound = SittingPapers.objects.filter(agenda=agenda).exclude(finished_at=None).first()
    if bound is None:
        raise Http404
    _tell_of_look(agenda, request.actor, timezone.now())
    return answer_pdf(blobs.open_file(bound.digest), "papers.pdf")


def _tell_of_look(agenda: Agenda, actor: Actor, at: datetime) -> None:
    """Keep in the journal who has the papers, and of each application in them that it was looked at."""
    record("see-papers", agenda, actor=actor, at=at)
    applications = Application.objects.filter(pk__in=agenda.matters.values("application"))
    record_each("see-matter", list(applications.only("pk", "authority")), actor=actor, at=at)


def answer_pdf(file: Any, name: str) -> FileResponse:
    """Send a PDF that no cache keeps."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")
    response["Cache-Control"] = "private, no-store"
    return response


def _chapters(agenda: Agenda, at: datetime) -> list[Chapter]:
    found = []
    for number, matter in enumerate(agenda.matters.all(), start=1):
        application = Application.objects.select_related(*NEEDED).get(pk=matter.application_id)
        definition = application.definition
        found.append(
            Chapter(
                name=f"{number}. {text(definition.name)} \u2066{application.reference}\u2069",
                parts=[*parts_of(application, at), *_opinions(application)],
                files=list(application.attachments.present().order_by("added_at")),
                documents={each.id: text(each.name) for each in definition.documents},
            )
        )
    return found


def _content(
    agenda: Agenda, chapters: list[Chapter], at: datetime, *, heads: list[Part] | None = None
) -> dict[str, Any]:
    """What is composed: the agenda, a chapter for each application, and last a page for each file that follows it."""
    when = [
        Row(name=_("When"), value=moment(agenda.starts_at)),
        Row(name=_("Place of the sitting"), value=agenda.place),
    ]
    parts: list[Part] = []
    for number, each in enumerate(chapters, 1):
        parts += [replace(each.parts[0], chapter=each.name), *each.parts[1:]]
        when.append(Row(name=str(number), value=each.name.partition(" ")[2]))
    columns = (pgettext("printout", "About"), pgettext("printout", "Details"))
    return {
        "language": get_language() or "ar",
        "title": text(territory().committees[agenda.committee].name),
        "name": _("Papers of a sitting"),
        "number": "",
        "authority": text(agenda.authority.name(on=timezone.localdate(at))),
        "notice": _("For the members of the committee only."),
        "printed": _("Printed on %(moment)s") % {"moment": moment(at)},
        "page": pgettext("printout", "Page"),
        "parts": [
            asdict(part)
            for part in (Part(title=_("Agenda"), heads=columns, rows=when), *parts, *(heads or []))
        ],
    }


def _heads(chapters: list[Chapter]) -> Iterator[Part]:
    """A page of its own before each file, with the number of its application and the file's in it."""
    columns = (pgettext("printout", "About"), pgettext("printout", "Details"))
    for number, chapter in enumerate(chapters, 1):
        for place, file in enumerate(chapter.files, 1):
            document = chapter.documents.get(file.document, file.document)
            rows = [
                Row(name=_("Application"), value=chapter.name.partition(" ")[2]),
                Row(
                    name=pgettext("printout", "File"),
                    value=f"\u2068{file.name[:120]}\u2069",
                    small=digest_in_groups(file.digest),
                ),
                Row(name=_("Pages"), value=_("They follow. If none does, open the file at the desk.")),
            ]
            title = f"\u2066{number}.{place}\u2069 {document}"
            yield Part(title=document, heads=columns, rows=rows, chapter=title)


def _opinions(application: Application) -> list[Part]:
    """What the agencies answered, and the conditions that they set."""
    asked = (
        Referral.objects.standing()
        .filter(application=application)
        .exclude(opinion=None)
        .select_related("agency")
    )
    words = {"no-objection": _("No objection"), "conditions": _("No objection, with conditions")}
    rows = [
        Row(
            name=text(each.agency.name),
            value=str(words.get(each.opinion.answer, _("Objection"))),
            small=each.opinion.text,
        )
        for each in asked
    ]
    rows += [
        Row(name=_("Condition"), value=text(each.text), small=text(each.opinion.referral.agency.name))
        for each in condition.of_application(application)
        if each.applies
    ]
    heads = (_("Agency"), pgettext("printout", "Answer"))
    return [Part(title=_("Answers of agencies"), heads=heads, rows=rows)] if rows else []
