"""What a correction changes in a document, line by line, as an officer compares it."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rukhsa.issuance.amendment import Amended
from rukhsa.issuance.correction import compared
from rukhsa.issuance.intent import Intent
from rukhsa.issuance.models import CorrectionProposal
from rukhsa.values.names import Text
from rukhsa.values.writing import date_in_words
from rukhsa.web.desk.grant_preview import rows_shown
from rukhsa.web.desk.instrument_refusals import REFUSALS
from rukhsa.web.templatetags.texts import text


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the document, as it stands and as it would be; empty where there is none."""

    label: Promise | str
    before: str
    after: str


def proposed_lines(proposal: CorrectionProposal) -> list[Line]:
    """What would change by a proposal; nothing where that can no longer be worked out."""
    try:
        return lines_of(compared(proposal.instrument, proposal.answers, at=timezone.now()))
    except REFUSALS:
        return []


def lines_of(amended: Amended) -> list[Line]:
    """The lines of the document that change, in its order."""
    before, after = _said(amended.before), _said(amended.after)
    labels = list(dict.fromkeys([*before, *after]))
    found = [Line(label=label, before=before.get(label, ""), after=after.get(label, "")) for label in labels]
    return [line for line in found if line.before != line.after]


def _said(intent: Intent) -> dict[str, str]:
    language = get_language() or "ar"
    said = {text(row.label): text(row.value) for row in rows_shown(intent)}
    if intent.valid_from:
        said[str(_("From"))] = date_in_words(intent.valid_from, language)
    if intent.valid_until:
        said[str(_("Until"))] = date_in_words(intent.valid_until, language)
    conditions = [text(Text(**each)) for each in intent.printed.get("conditions", ())]
    return said | ({str(_("Conditions")): "\n".join(conditions)} if conditions else {})
