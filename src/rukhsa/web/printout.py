"""The whole application as a PDF: what its applicant sees, in the reader's language, marked as not being a licence."""

import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.http import FileResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rukhsa.applications.known import sources
from rukhsa.applications.models import Application
from rukhsa.catalogue.definition import asked
from rukhsa.issuance.compose import FONTS, CannotCompose
from rukhsa.late import font_files, typst
from rukhsa.places.place_picture import picture_of
from rukhsa.review.decision import Decision, standing_decision
from rukhsa.review.finding import Finding, replies_to
from rukhsa.standing import standing
from rukhsa.values.money import Money
from rukhsa.web.reckoning import lines_of
from rukhsa.web.shown import AnswerShown, answer_shown, recorded_shown
from rukhsa.web.templatetags.standing import standing_sentence
from rukhsa.web.templatetags.texts import authority_name, code, moment, money, text
from rukhsa.web.timeline import timeline_of

TEMPLATE: Final = Path(__file__).with_name("printout.typ")
FACES: Final = ("400Regular", "700Bold")
NEEDED: Final = ("service_version", "process_version", "authority", "company", "applicant")
_ISOLATES: Final = {"ltr": "\u2066", "rtl": "\u2067"}
_FIRST_STRONG, _END_OF_ISOLATE = "\u2068", "\u2069"
_one_at_a_time = threading.Lock()  # each compiler keeps its fonts and layouts in memory


@dataclass(frozen=True, kw_only=True)
class Row:
    """A name and what is said of it: in words, in small letters below, and as a picture."""

    name: str
    value: str
    small: str = ""
    picture: str = ""  # SVG


@dataclass(frozen=True, kw_only=True)
class Part:
    """A heading with its rows, and what stands over their two columns."""

    title: str
    heads: tuple[str, str]
    rows: list[Row]
    chapter: str = ""  # the heading above this part, where a chapter begins with it


def sent_as_pdf(application: Application, *, at: datetime, with_money: bool = True) -> FileResponse:
    """The answer to a request for the file, which no cache keeps. Raises CannotCompose."""
    response = FileResponse(
        BytesIO(printout_of(application, at=at, with_money=with_money)),
        as_attachment=True,
        filename=f"{application.reference or 'draft'}-application.pdf",
        content_type="application/pdf",
    )
    response["Cache-Control"] = "private, no-store"
    return response


def printout_of(application: Application, *, at: datetime, with_money: bool = True) -> bytes:
    """The PDF/UA-1 file in the active language; `at` is printed on it. Raises CannotCompose."""
    parts = [part for part in _parts(application, at, with_money=with_money) if part.rows]
    content = {
        "language": get_language() or "ar",
        "title": text(application.definition.name),
        "name": pgettext("printout", "Application"),
        "number": application.reference or "",
        "authority": authority_name(application),
        "notice": _("This is a copy of an application. It is not a licence, permit, certificate or receipt."),
        "printed": _("Printed on %(moment)s") % {"moment": moment(at)},
        "page": pgettext("printout", "Page"),
        "parts": [asdict(part) for part in parts],
    }
    return composed(content)


def composed(content: dict[str, Any]) -> bytes:
    """The PDF/UA-1 file of these parts, with a bookmark for each heading. Raises CannotCompose."""
    return _composed(_settable(content))


def parts_of(application: Application, at: datetime) -> list[Part]:
    """The application in parts for the papers of a sitting, without amounts."""
    return [part for part in _parts(application, at, with_money=False) if part.rows]


def _parts(application: Application, at: datetime, *, with_money: bool) -> Iterator[Part]:
    plainly = (pgettext("printout", "About"), pgettext("printout", "Details"))
    asks = (_("Question"), pgettext("printout", "Answer"))
    yield Part(title=_("About this application"), heads=plainly, rows=list(_about(application, at)))
    questions = asked(application.definition, application.answers)
    told = sources(application, at=at)
    for section in application.definition.sections:
        shown = (
            answer_shown(each, application.answers.get(each.id), is_told=each.id in told)
            for each in section.questions
            if each in questions
        )
        yield Part(title=text(section.title), heads=asks, rows=[_answer(each, at) for each in shown])
    recorded = [_answer(each, at) for each in recorded_shown(application)]
    yield Part(title=_("Findings of the review"), heads=asks, rows=recorded)
    files = (_("Document"), pgettext("printout", "File"))
    yield Part(title=_("Files"), heads=files, rows=list(_files(application)))
    notes = (pgettext("printout", "About"), pgettext("printout", "Note"))
    yield Part(title=_("Notes from the officer, and replies"), heads=notes, rows=list(_notes(application)))
    yield Part(title=_("The application was refused."), heads=plainly, rows=list(_refusal(application)))
    if with_money:
        money_heads = (pgettext("printout", "About"), _("Amount"))
        yield Part(title=_("Amounts"), heads=money_heads, rows=list(_money(application)))
    events = [Row(name=moment(each.at), value=plain(each.sentence)) for each in timeline_of(application)]
    happened = (pgettext("printout", "When"), pgettext("printout", "What"))
    yield Part(title=_("What has happened"), heads=happened, rows=events)


def _about(application: Application, at: datetime) -> Iterator[Row]:
    yield Row(name=_("Service"), value=text(application.definition.name))
    if application.authority_id:
        yield Row(name=_("Authority"), value=authority_name(application))
        yield Row(name=_("Application number"), value=plain(code(application.reference)))
    yield Row(name=_("Status"), value=str(standing_sentence(standing(application, at=at))))
    if application.submitted_at:
        yield Row(name=_("Submitted"), value=moment(application.submitted_at))
    applicant = application.applicant
    if application.company:
        registration = plain(code(application.company.registration))
        yield Row(name=_("Company"), value=text(application.company.name), small=registration)
    number = plain(code(applicant.masked_number)) if applicant.personal_number else ""
    yield Row(name=_("Applicant"), value=text(applicant.name), small=number)
    if not application.company:
        for agent in application.agents:
            yield Row(name=_("Acted for the applicant"), value=text(agent.name))


def _answer(shown: AnswerShown, at: datetime) -> Row:
    picture = ""
    if shown.drawn:
        language, day = get_language() or "ar", timezone.localdate(at)
        picture = picture_of(shown.drawn, on=day, language=language, title=text(shown.ask), use="print")
    small = _("from eKey") if shown.is_told else ""
    if shown.is_unchecked:
        small = _("not checked: there is no list of parcels yet")
    value = plain(shown.answer) or _("Not answered")
    return Row(name=text(shown.ask), value=value, small=small, picture=picture)


def _files(application: Application) -> Iterator[Row]:
    names = {each.id: text(each.name) for each in application.definition.documents}
    for file in application.attachments.present().order_by("added_at"):
        size = f"{_isolated(file.name)} ({filesizeformat(file.size)})"
        yield Row(
            name=names.get(file.document, file.document), value=size, small=digest_in_groups(file.digest)
        )


def digest_in_groups(digest: str) -> str:
    """A SHA-256 in groups, between which its line may break."""
    groups = " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
    return f"{_ISOLATES['ltr']}SHA-256: {groups}{_END_OF_ISOLATE}"


def _notes(application: Application) -> Iterator[Row]:
    definition = application.definition
    names = {each.id: text(each.ask) for each in definition.questions}
    names |= {each.id: text(each.name) for each in definition.documents}
    replies = replies_to(application)
    for finding in Finding.objects.filter(application=application).select_related("reason").order_by("id"):
        said = finding.told(get_language() or "ar")
        reply = replies.get(finding.pk, "")
        yield Row(
            name=names.get(finding.about, _("The whole application")),
            value="\n".join(filter(None, (said.reasons, said.basis))),
            small=_("The reply: “%(reply)s”") % {"reply": _isolated(reply)} if reply else "",
        )


def _refusal(application: Application) -> Iterator[Row]:
    decision = standing_decision(application)
    if decision is not None and decision.outcome == Decision.Outcome.REFUSED:
        yield Row(name=_("Reasons"), value=decision.reasons)
        if decision.legal_basis:
            yield Row(name=_("Legal basis"), value=decision.legal_basis)


def _money(application: Application) -> Iterator[Row]:
    """The lines of each charge that was paid or is owed; a charge that another replaced is neither."""
    charges = application.charges.filter(amount__gt=0).select_related("receipt").prefetch_related("lines")
    owed = set(application.charges.unpaid().values_list("pk", flat=True))
    for charge in charges.order_by("assessed_at"):
        receipt = getattr(charge, "receipt", None)
        if receipt is None and charge.pk not in owed:
            continue
        for line in lines_of(charge):
            yield Row(name=text(line.name), value=plain(money(line.money)))
        whole = plain(money(Money(minor=charge.amount, currency=charge.currency)))
        paid = _("Paid on %(moment)s. Receipt %(number)s.")
        small = (
            paid % {"moment": moment(receipt.at), "number": plain(code(receipt.number))}
            if receipt
            else _("Not paid yet")
        )
        yield Row(name=_("Total"), value=whole, small=small)


def plain(shown: SafeString | str) -> str:
    """What a page shows as a text alone; what is isolated on the page is isolated in it."""
    if not isinstance(shown, SafeString):
        return str(shown)
    reader = _Words()
    reader.feed(shown)
    reader.close()
    return "".join(reader.words).strip()


class _Words(HTMLParser):
    """Collects the words of a piece of a page. Only our own markup comes here, in which a browser mends nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.ends: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        direction = dict(attrs).get("dir")
        isolates = tag == "bdi" or direction is not None
        if tag == "br":
            self.words.append("\n")
            return
        self.words.append(_ISOLATES.get(direction or "", _FIRST_STRONG) if isolates else "")
        self.ends.append(_END_OF_ISOLATE if isolates else "")

    def handle_endtag(self, tag: str) -> None:
        if tag != "br" and self.ends:
            self.words.append(self.ends.pop())

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _isolated(written: str) -> str:
    return f"{_FIRST_STRONG}{written}{_END_OF_ISOLATE}"


def _settable(content: Any) -> Any:
    """The content, with the code of each letter that the font lacks in its place: a stranger may write any."""
    if isinstance(content, dict):
        return {name: each if name == "picture" else _settable(each) for name, each in content.items()}
    if isinstance(content, list | tuple):
        return [_settable(each) for each in content]
    return "".join(each if _has(each) else f"[U+{ord(each):04X}]" for each in content)


def _has(letter: str) -> bool:
    return letter.isspace() or ord(letter) in _letters()


@cache
def _letters() -> frozenset[int]:
    """The letters that both faces have, and the marks of direction, which have no shape."""
    found = set(range(0x110000))
    for face in FACES:
        with font_files.TTFont(next((FONTS / face).glob("*.ttf"))) as font:
            found &= set(font.getBestCmap())
    return frozenset(found | set(range(0x2066, 0x206A)))


def _composed(content: dict[str, Any]) -> bytes:
    told = {"content": json.dumps(content, ensure_ascii=False)}
    with _one_at_a_time:
        compiler, template = _compiler()
        try:
            file = compiler.compile(template, format="pdf", pdf_standards=["ua-1"], sys_inputs=told)
        except typst.TypstError as error:
            raise CannotCompose(error.message) from error
    return bytes(file)


@cache
def _compiler() -> tuple[Any, bytes]:
    """The compiler, and the template that it is given each time."""
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(FONTS / face) for face in FACES],
    )
    return typst.Compiler(b"", font_paths=fonts, ignore_system_fonts=True), TEMPLATE.read_bytes()
