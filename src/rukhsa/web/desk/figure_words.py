"""The keys of figures in words: parties, reasons, kinds of money, channels and verdicts."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.reason import Reason
from rukhsa.catalogue.territory import territory
from rukhsa.figures.summary import Sums, largest
from rukhsa.payments.gateways.registry import names as gateway_names
from rukhsa.trust import words
from rukhsa.values.money import Money
from rukhsa.web.templatetags.texts import text

PARTIES: dict[str, Promise] = {
    "officer": _("The authority"),
    "agency": _("Agencies"),
    "applicant": _("The applicant"),
    "gateway": _("The payment"),
}
MONEY: dict[str, Promise] = {
    "fees": _("Fees"),
    "fines": _("Fines"),
    "held": _("Deposits taken"),
    "released": _("Deposits released"),
    "given-back": _("Deposits refunded"),
    "forfeited": _("Deposits kept"),
    "owed": _("Owed back"),
    "refunded": _("Refunded"),
    "waived": _("Waived"),
}
_REFUSED: dict[str, Promise] = {
    "rule": _("By a rule of the service"),
    "committee": _("By a committee"),
    "officer": _("By an officer"),
}

_LOOKS: dict[str, Promise] = {
    "drawn": _("Drawn at random"),
    "agrees": _("The approval was right"),
    "differs": _("The application should not have been approved"),
}

MOST = 10  # reasons that are shown


def returns(now: Sums, names: dict[str, Definition]) -> list[tuple[str, int, int]]:
    """The questions and documents for which most applications were returned, each with its service."""
    counts = {
        (service, key): count
        for service, of in now.where(figure="returns").by("service").items()
        for key, count in of.counts("returns").items()
    }
    return largest(counts, MOST, lambda each: _subject(each[0], each[1], names))


def return_reasons(now: Sums) -> list[tuple[str, int, int]]:
    """The standard findings with which most was returned, beside what officers wrote in their own words."""
    counts = now.counts("return-reasons")
    known = {each.code: each.text for each in Reason.objects.newest().filter(code__in=counts)}
    own = _now("In the officer's own words")
    return largest(
        counts, MOST, lambda key: text(known[key]) if key in known else own if key == "own-words" else key
    )


def days_of_parties(now: Sums) -> list[tuple[str, int, int, int]]:
    """Each party and agency by name, with how many applications it had, and the days of half and of 9 of 10."""
    agencies = territory().agencies

    def name(party: str) -> str:
        code = party.removeprefix("agency/")
        return str(PARTIES[party]) if party in PARTIES else text(agencies[code]) if code in agencies else code

    return [(name(party), count, half, most) for party, count, half, most in now.days_of_parties]


def _subject(service: str, about: str, names: dict[str, Definition]) -> str:
    definition = names.get(service)
    if definition is None:
        return f"{about} · {service}"
    told = {each.id: each.ask for each in definition.questions}
    told |= {each.id: each.name for each in definition.documents}
    subject = text(told[about]) if about in told else about or _now("The whole application")
    return f"{subject} · {text(definition.name)}"


def refusals(now: Sums) -> list[tuple[str, int, int]]:
    """What refused, the most first."""
    counts = now.counts("refusals")
    coded = {each.code: each.text for each in Reason.objects.newest().filter(code__in=counts)}
    return largest(
        counts, MOST, lambda key: text(coded[key]) if key in coded else str(_REFUSED.get(key, key))
    )


def money(now: Sums) -> list[tuple[Promise, int, Money]]:
    """Each kind of money with how often and how much."""
    rows, currency = now.where(figure="money").by("key"), territory().currency
    return [
        (name, rows[key].count, Money(minor=rows[key].total, currency=currency))
        for key, name in MONEY.items()
        if key in rows
    ]


def second_looks(now: Sums) -> list[tuple[Promise, int]]:
    """How many grants were drawn to be looked at again, and what was found of them."""
    counts = now.counts("second-looks")
    return [(name, counts.get(key, 0)) for key, name in _LOOKS.items()] if counts else []


def channels(now: Sums) -> list[tuple[str, int, int]]:
    """How many payments came by which way."""
    called = gateway_names()

    def name(key: str) -> str:
        return _now("By a payment link") if key == "link" else text(called[key]) if key in called else key

    return largest(now.counts("channels"), 10, name)


def verdicts(now: Sums) -> list[tuple[str, int, int]]:
    """How the documents stood that were checked."""
    return largest(now.counts("verifications"), 20, lambda key: text(words.name(key)))
