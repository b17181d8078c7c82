"""The standing of an application in words."""

from datetime import datetime, time, timedelta

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.stages import Turn
from rukhsa.catalogue.territory import territory
from rukhsa.review.deadline import Clock, Expected
from rukhsa.standing import Headline, Standing
from rukhsa.web.templatetags.texts import both_calendars, day, moment, text

register = template.Library()

SENTENCES: dict[Headline, Promise] = {
    Headline.DRAFT: _("Finish your application and submit it."),
    Headline.RETURNED: _("You need to change something."),
    Headline.PAY_AT_SUBMISSION: _("Pay so that we can start the review."),
    Headline.IN_REVIEW: _("We are reviewing your application."),
    Headline.WITH_AGENCY: _("We are waiting for an agency's opinion."),
    Headline.PAY_VISITED: _("Your site passed the visit. Pay so that we can decide."),
    Headline.PAY: _("Your application is approved. Pay to get your document."),
    Headline.CHECKING_PAYMENT: _("We are checking your payment."),
    Headline.ISSUING: _("Your document is being prepared."),
    Headline.ISSUED: _("Your document is ready."),
    Headline.REFUSED: _("The application was refused."),
    Headline.WITHDRAWN: _("The application was withdrawn."),
    Headline.LAPSED: _("We closed your application because the deadline passed."),
}
TAGS: dict[Headline, Promise] = {
    Headline.DRAFT: _("Draft"),
    Headline.RETURNED: _("Returned to you"),
    Headline.PAY_AT_SUBMISSION: _("Payment due"),
    Headline.IN_REVIEW: _("Under review"),
    Headline.WITH_AGENCY: _("With an agency"),
    Headline.PAY_VISITED: _("Payment due"),
    Headline.PAY: _("Payment due"),
    Headline.CHECKING_PAYMENT: _("Payment being checked"),
    Headline.ISSUING: _("Being issued"),
    Headline.ISSUED: _("Issued"),
    Headline.REFUSED: _("Refused"),
    Headline.WITHDRAWN: _("Withdrawn"),
    Headline.LAPSED: _("Closed"),
}
EXPECTED: dict[Clock, Promise] = {
    Clock.AWAITED: _("We start when we receive your payment. If you pay today, we decide by %(day)s."),
    Clock.RUNS: _("We decide by %(day)s."),
    Clock.STANDS: _("The time limit is paused until you reply. If you reply today, we decide by %(day)s."),
}
LATE: dict[Clock, Promise] = {
    Clock.RUNS: _("We are late: our decision was due by %(day)s."),
    Clock.STANDS: _("We are late: our decision was due by %(day)s. We continue when you reply."),
}
IN_A_LIST: dict[bool, Promise] = {
    False: _("decision by %(day)s"),
    True: _("late: decision was due by %(day)s"),
}
COLOURS = {Headline.ISSUED: "success", Headline.REFUSED: "danger"}


@register.filter
def standing_sentence(standing: Standing) -> Promise | str:
    """Whose turn it is and what is to be done, in one sentence, naming the agencies that are awaited."""
    known = territory().agencies
    if names := [text(known[code]) for code in standing.agencies if code in known]:
        return gettext("We are waiting for the opinion of %(agencies)s.") % {
            "agencies": gettext(", ").join(names)
        }
    return SENTENCES[standing.headline]


@register.filter
def standing_tag(standing: Standing) -> Promise:
    """The standing in two words."""
    return TAGS[standing.headline]


@register.filter
def standing_colour(standing: Standing) -> str:
    """The colour of the standing's tag."""
    if standing.turn == Turn.APPLICANT:
        return "warning"
    return COLOURS.get(standing.headline, "neutral")


@register.filter
def expected_sentence(expected: Expected) -> str:
    """By which day a decision is promised, that it is late, or when the clock starts or continues."""
    sentence = (LATE if expected.is_late else EXPECTED)[expected.clock]
    return str(sentence) % {"day": both_calendars(expected.day)}


@register.filter
def expected_in_a_list(expected: Expected | None) -> str:
    """The same in a few words, while the clock runs."""
    if expected is None or expected.clock != Clock.RUNS:
        return ""
    return str(IN_A_LIST[expected.is_late]) % {"day": day(expected.day)}


@register.filter
def last_moment(end: datetime) -> str:
    """A deadline: the day alone when it is the end of a day, otherwise with the time."""
    local = timezone.localtime(end)
    return moment(end) if local.time() != time.min else both_calendars(local - timedelta(days=1))
