"""The notice of a violation as a PDF, for its party and for the office that hands it over."""

from dataclasses import asdict
from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rukhsa.applications.picture import copies_of
from rukhsa.values.identifiers import masked
from rukhsa.violations.violation import Violation
from rukhsa.web.printout import Part, Row, composed, digest_in_groups, plain
from rukhsa.web.templatetags.texts import code, day, moment, money, text


def notice_as_pdf(violation: Violation, *, at: datetime) -> FileResponse:
    """The answer to a request for the notice, in the active language; no cache keeps it. Raises CannotCompose."""
    file = BytesIO(_notice_of(violation, at))
    name = f"{violation.number}-notice.pdf"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")
    response["Cache-Control"] = "private, no-store"
    return response


def _notice_of(violation: Violation, at: datetime) -> bytes:
    heads = (pgettext("printout", "About"), pgettext("printout", "Details"))
    parts = [
        Part(title=_("What was seen"), heads=heads, rows=_seen(violation)),
        Part(title=_("What to do"), heads=heads, rows=_to_do(violation)),
    ]
    return composed(
        {
            "language": get_language() or "ar",
            "title": text(violation.name),
            "name": _("Notice of a violation"),
            "number": violation.number,
            "authority": text(violation.authority.name(on=timezone.localdate(at))),
            "notice": _("This violation was withdrawn. You have nothing to do.")
            if violation.is_withdrawn
            else _("Notice of a violation. Pay on the portal only, and give no money to an inspector."),
            "printed": _("Printed on %(moment)s") % {"moment": moment(at)},
            "page": pgettext("printout", "Page"),
            "parts": [asdict(part) for part in parts],
        }
    )


def _seen(violation: Violation) -> list[Row]:
    number = violation.company.registration if violation.company else violation.party_number
    if violation.person and not violation.company:
        number = violation.person.personal_number or ""
    whose = text(violation.party) or _("Not known. The notice is handed over or left at the place.")
    rows = [
        Row(name=_("Number of the notice"), value=plain(code(violation.number))),
        Row(name=_("Issued to"), value=whose, small=plain(code(masked(number))) if number else ""),
    ]
    if violation.instrument:
        rows.append(Row(name=_("Document"), value=plain(code(violation.instrument.intent.number))))
    rows += [
        Row(name=_("What was seen"), value=f"\u2068{violation.text}\u2069"),
        Row(name=_("Place"), value=f"\u2068{violation.place}\u2069", small=_position(violation)),
        Row(name=_("Seen on"), value=moment(violation.seen_at)),
        Row(name=_("Legal basis"), value=text(violation.law)),
    ]
    digests = [each.digest for each in violation.evidence.all()]
    copies = copies_of(digests)
    return rows + [
        Row(
            name=_("Photo %(number)s") % {"number": number},
            value=digest_in_groups(digest),
            small=_of_copy(copies[digest]) if digest in copies else "",
        )
        for number, digest in enumerate(digests, 1)
    ]


def _of_copy(digest: str) -> str:
    return (
        f"{_('Copy without place and device, as you can see it on the portal')}: {digest_in_groups(digest)}"
    )


def _position(violation: Violation) -> str:
    if violation.latitude is None:
        return ""
    return plain(code(f"{violation.latitude}, {violation.longitude}"))


def _to_do(violation: Violation) -> list[Row]:
    if violation.is_withdrawn:
        reason = violation.withdrawal.reason
        return [Row(name=_("Withdrawn"), value=moment(violation.withdrawal.at), small=reason)]
    repeated = _("recorded before within a year") if violation.is_repeated else ""
    site = settings.CONFIG.addresses.portal_url.partition("://")[2]
    how = _("Sign in at %(site)s with eKey and choose Violations.")
    return [
        Row(name=_("Fine"), value=plain(money(violation.money)), small=repeated),
        Row(name=_("To be mended by"), value=plain(day(violation.mend_by))),
        Row(name=_("You can object until"), value=plain(day(violation.contest_by))),
        Row(name=_("Pay or object"), value=how % {"site": f"\u2066{site}\u2069"}),
    ]
