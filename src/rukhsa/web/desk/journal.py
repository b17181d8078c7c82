"""The journal, for those who watch over the desk: who did or saw what."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires

A_PAGE = 50

ACTS: dict[str, Promise] = {
    "start": _("Began an application"),
    "submit": _("Submitted an application"),
    "resubmit": _("Submitted again"),
    "withdraw": _("Withdrew"),
    "lapse": _("Ended by itself"),
    "attach": _("Attached a file"),
    "remove-attachment": _("Removed a file"),
    "return": _("Returned to the applicant"),
    "grant": _("Granted"),
    "refuse": _("Refused"),
    "assign": _("Took in hand or handed over"),
    "check": _("Found a step in order"),
    "refer": _("Asked an agency"),
    "drop-referral": _("Closed a question that no step asks any more"),
    "drop-inspection": _("Closed a visit that no step asks any more"),
    "answer-referral": _("Answered for an agency"),
    "order-inspection": _("Ordered a visit"),
    "report-inspection": _("Reported a visit"),
    "suspend": _("Suspended"),
    "reinstate": _("Reinstated"),
    "revoke": _("Revoked"),
    "stop-issuing": _("Stopped issuing"),
    "start-issuing": _("Started issuing again"),
    "create-key": _("Made a key"),
    "retire-key": _("Ended a key"),
    "mark-key-compromised": _("Marked a key as lost"),
    "publish-trust-list": _("Published a trust list"),
    "search": _("Searched"),
    "see-queue": _("Looked at the queue"),
    "see-stalled": _("Looked at what is stalled"),
    "stall": _("Could not be issued"),
    "see-application": _("Looked at an application"),
    "see-attachment": _("Looked at a file"),
    "see-photo": _("Looked at a photo"),
    "see-referrals": _("Looked at the referrals"),
    "see-referral": _("Looked at a referral"),
    "see-inspections": _("Looked at the visits"),
    "see-inspection": _("Looked at a visit"),
    "see-instruments": _("Looked at the instruments"),
    "see-instrument": _("Looked at an instrument"),
    "propose-payout": _("Asked that money be sent back"),
    "approve-payout": _("Approved that money be sent back"),
    "refuse-payout": _("Refused to send money back"),
    "payout-not-sent": _("Found that money was not sent back"),
    "pay-out": _("Money went back"),
    "see-payouts": _("Looked at the money to send back"),
    "see-payout": _("Looked at a payout"),
    "see-gateways": _("Looked at the payment gateways"),
    "ask-gateway": _("Asked a payment gateway whether it works"),
    "see-owed": _("Looked at money that is owed"),
    "take-in-statement": _("Took in a gateway's statement"),
    "give-difference": _("Gave a difference to somebody"),
    "explain-difference": _("Explained a difference"),
    "see-statements": _("Looked at the gateways' statements"),
    "see-differences": _("Looked at the differences"),
    "see-difference": _("Looked at a difference"),
    "see-cash": _("Looked at the cash of a day"),
    "see-catalogue": _("Looked at the services"),
    "see-service-proposal": _("Looked at a proposed text of a service"),
    "import-blocks": _("Entered a list of blocks"),
    "import-parcels": _("Entered a list of parcels"),
    "see-places": _("Looked at the register of addresses"),
    "search-places": _("Searched the register of addresses"),
    "see-journal": _("Looked at the journal"),
}

APPLICATION = "applications.application"
KEY = "issuance.key"
# What the operators of keys and issuing do concerns every authority.
OF_THE_HOUSE = (
    *("stop-issuing", "start-issuing", "create-key", "retire-key"),
    *("mark-key-compromised", "publish-trust-list"),
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry as it is read: the act in words, and the names of who acted and of what it is about."""

    entry: JournalEntry
    act: Promise | str
    who: Text | None
    operator: str
    about: str
    reference: str


@requires(Permission.READ_JOURNAL)
@require_GET
@transaction.atomic
def show_all(request: PortalRequest) -> HttpResponse:
    """What the people of the reader's authorities did and saw, the newest first."""
    people = Post.objects.filter(authority__in=request.actor.authorities).values("person")
    return _page(
        request,
        JournalEntry.objects.filter(Q(actor__in=people) | Q(act__in=OF_THE_HOUSE)),
        request.actor.person,
        reverse("desk:journal"),
    )


@requires(Permission.READ_JOURNAL)
@require_GET
@transaction.atomic
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Who did or saw what of one application."""
    application = _reached(request.actor, pk)
    entries = JournalEntry.objects.filter(subject_kind=APPLICATION, subject=str(pk))
    address = reverse("desk:journal-of-application", args=[pk])
    return _page(request, entries, application, address, application=application)


def _reached(actor: Actor, pk: UUID) -> Application:
    return Application.objects.visible_to(actor).get(pk=pk)


def _page(
    request: PortalRequest, entries: QuerySet[JournalEntry], subject: Any, address: str, **more: Any
) -> HttpResponse:
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        entries = entries.filter(pk__lt=int(before[:18]))
    shown = list(entries.order_by("-pk")[: A_PAGE + 1])
    record("see-journal", subject, actor=request.actor, at=timezone.now())
    older = f"{address}?{urlencode({'before': shown[A_PAGE - 1].pk})}" if len(shown) > A_PAGE else ""
    context = {"lines": _lines(shown[:A_PAGE]), "older": older, **more}
    return render(request, "desk/journal.html", context)


def _lines(entries: list[JournalEntry]) -> list[Line]:
    people = Person.objects.in_bulk([entry.actor for entry in entries if entry.actor])
    references = _references(entries)
    return [
        Line(
            entry=entry,
            act=ACTS.get(entry.act, entry.act),
            who=people[entry.actor].name if entry.actor in people else None,
            operator=str(entry.detail.get("operator", "")),
            about=_about(entry),
            reference=references.get(entry.subject, ""),
        )
        for entry in entries
    ]


def _about(entry: JournalEntry) -> str:
    """What an entry is about, where that is no application: a key's name, or the beginning of an id."""
    key = str(entry.detail.get("key", "")) or (entry.subject if entry.subject_kind == KEY else "")
    return key or entry.subject[:8]


def _references(entries: list[JournalEntry]) -> dict[str, str]:
    about = [entry.subject for entry in entries if entry.subject_kind == APPLICATION]
    known = Application.objects.filter(pk__in=about).values_list("pk", "reference")
    return {str(pk): reference or "" for pk, reference in known}
