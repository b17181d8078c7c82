"""How pages of the portal and of the verifier say whether the service works: the same words in both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from rukhsa.service_status import Part, Planned, ServiceStatus, Works

NAMES: Final[dict[Part, Promise]] = {
    Part.APPLICATIONS: _("Applying for a licence"),
    Part.PAYMENTS: _p("service", "Paying"),
    Part.ISSUING: _("Receiving your document"),
    Part.CHECKING: _("Checking a document"),
}
STATES: Final[dict[Works, Promise]] = {
    Works.YES: _p("service", "Works"),
    Works.PARTLY: _p("service", "Works in part"),
    Works.NO: _p("service", "Does not work"),
    Works.UNKNOWN: _p("service", "Not known"),
}
ADVICE: Final[dict[tuple[Part, Works], Promise]] = {
    (Part.PAYMENTS, Works.PARTLY): _("One of the payment methods is not working now. Choose another."),
    (Part.PAYMENTS, Works.NO): _(
        "No payment method is working now. A payment that you have started is not lost."
    ),
    (Part.ISSUING, Works.PARTLY): _("Documents take longer than usual. Your payment is safe."),
    (Part.ISSUING, Works.NO): _(
        "We are not issuing documents at the moment. Your payment is safe, and we will issue yours later."
    ),
    (Part.CHECKING, Works.NO): _(
        "You cannot check documents at the moment. Ask the authority that issued yours."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One part as a page says it."""

    name: Promise
    state: Promise
    works: str
    since: datetime | None
    advice: Promise | str


@dataclass(frozen=True, kw_only=True)
class PlannedLine:
    """Planned work as a page says it."""

    names: list[Promise]
    work: Planned
    is_now: bool


def told(status: ServiceStatus, *, at: datetime) -> dict[str, object]:
    """The service in words, without anything technical: what the template `web/service_lines.html` shows."""
    lines = [
        Line(
            name=NAMES[each.part],
            state=STATES[each.works],
            works=each.works,
            since=each.since,
            advice=ADVICE.get((each.part, each.works), ""),
        )
        for each in status.parts
    ]
    planned = [
        PlannedLine(names=[NAMES[part] for part in work.parts], work=work, is_now=work.starts_at <= at)
        for work in status.planned
    ]
    return {"lines": lines, "planned": planned, "at": at}
