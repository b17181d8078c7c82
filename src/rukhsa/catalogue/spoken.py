"""A definition in words: conditions, spans, moments, validity and amounts, in Arabic and English."""

from collections.abc import Iterable
from decimal import Decimal

from rukhsa.catalogue.charges import Bands, ChargeRow, Per, Percent
from rukhsa.catalogue.conditions import AllOf, AnyOf, Comparison, Condition, Not
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.form import Document
from rukhsa.catalogue.instrument import AfterParent, AskedPeriod, EndOfParent, InSeason, Lasting, Validity
from rukhsa.catalogue.policies import LeftUndone, Term
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.shape import Moment, Span
from rukhsa.catalogue.territory import territory
from rukhsa.values.names import Text

# One, two, few (3 to 10), many: as Arabic counts.
_UNITS = {
    "hour": ("ساعة واحدة", "ساعتين", "ساعات", "ساعة"),
    "working day": ("يوم عمل واحد", "يومي عمل", "أيام عمل", "يوم عمل"),
    "day": ("يوم واحد", "يومين", "أيام", "يومًا"),
    "month": ("شهر واحد", "شهرين", "أشهر", "شهرًا"),
    "year": ("سنة واحدة", "سنتين", "سنوات", "سنة"),
}
_ANCHORS = {
    "submission": Text(ar="التقديم", en="submission"),
    "issue": Text(ar="الإصدار", en="issue"),
    "start": Text(ar="أول يوم", en="the first day"),
    "end": Text(ar="آخر يوم", en="the last day"),
}
_PER = {
    "metre_of": Text(ar="للمتر", en="a metre"),
    "square_metre_of": Text(ar="للمتر المربع", en="a square metre"),
    "day_of": Text(ar="لليوم", en="a day"),
    "month_of": Text(ar="للشهر", en="a month"),
    "year_of": Text(ar="للسنة", en="a year"),
    "each_of": Text(ar="للواحد", en="each"),
    "month_since": Text(ar="لكل شهر بدأ من التأخير", en="for each started month of delay"),
}


def condition(definition: Definition, what: Condition | None) -> Text:
    """A condition as a phrase: “Will a lane be closed?” is yes. Empty where there is none."""
    match what:
        case None:
            return Text()
        case AllOf(all=parts):
            return joined([condition(definition, part) for part in parts], ar=" و", en=" and ")
        case AnyOf(any=parts):
            return joined([condition(definition, part) for part in parts], ar=" أو ", en=" or ")
        case Not(not_=part):
            inner = condition(definition, part)
            return Text(ar=f"خلاف ({inner.ar})", en=f"not ({inner.en})")
        case Comparison():
            return _comparison(definition, what)


def phrase(definition: Definition, what: ChargeRow | Document) -> Text:
    """For which applicants a row counts or a document is asked, in words; empty where it is for all.

    Texts published before phrases were authored have none: it is made of their condition.
    """
    if what.phrase or what.when is None:
        return what.phrase or Text()
    when = condition(definition, what.when)
    return Text(ar=f"إذا كان {when.ar}", en=f"if {when.en}")


def joined(texts: list[Text], *, ar: str, en: str) -> Text:
    """Texts put together in both languages."""
    return Text(ar=ar.join(text.ar for text in texts), en=en.join(text.en for text in texts))


def span(length: Span | Term) -> Text:
    """A length of time."""
    one, two, few, many = _UNITS[length.unit]
    if length.count in (1, 2):
        return Text(ar=one if length.count == 1 else two, en=str(length))
    return Text(ar=f"{length.count} {few if 3 <= length.count % 100 <= 10 else many}", en=str(length))


def moment(definition: Definition, when: Moment) -> Text:
    """A day that depends on another."""
    anchor = _ANCHORS.get(when.anchor) or question_name(definition, when.anchor)
    if when.span is None:
        return anchor
    length = span(when.span)
    ar = f"{length.ar} {'بعد' if when.direction == 'after' else 'قبل'} {anchor.ar}"
    return Text(ar=ar, en=f"{length.en} {when.direction} {anchor.en}")


def left_undone(said: LeftUndone | None) -> Text:
    """The terms of a service for its applicant; empty if it has none of its own."""
    told = []
    if said and said.pay_within:
        length = span(said.pay_within)
        told.append(Text(ar=f"الدفع خلال {length.ar}", en=f"payment within {length.en}"))
    if said and said.complete_within:
        length = span(said.complete_within)
        told.append(Text(ar=f"الاستكمال خلال {length.ar}", en=f"completion within {length.en}"))
    return joined(told, ar="، و", en=", ")


def validity(definition: Definition, what: Validity) -> Text:
    """How long the instrument is in force."""
    match what:
        case Lasting(lasts=length):
            return Text(ar=f"{span(length).ar} من الإصدار", en=f"{span(length).en} from issue")
        case AskedPeriod(from_=start, for_=count, until=end):
            first, last = question_name(definition, start), question_name(definition, count or end or "")
            return Text(ar=f"من {first.ar} بحسب {last.ar}", en=f"from {first.en} by {last.en}")
        case EndOfParent():
            return Text(ar="إلى نهاية الوثيقة السابقة", en="until the end of the earlier document")
        case AfterParent(lasts=length, for_=days):
            lasting = span(length) if length else question_name(definition, days or "")
            return Text(
                ar=f"{lasting.ar} بعد نهاية الوثيقة السابقة",
                en=f"{lasting.en} after the end of the earlier document",
            )
        case InSeason(season=season):
            return Text(ar=f"إلى نهاية الموسم ({season})", en=f"until the end of the season ({season})")
    return Text(ar="دائمة", en="permanent")


def row(definition: Definition, what: ChargeRow, currency: str) -> Text:
    """The amount of a row of a charge."""
    if what.amount_of:
        name = question_name(definition, what.amount_of)
        base = Text(ar=f"المبلغ في {name.ar}", en=f"the amount in {name.en}")
    elif what.percent:
        base = _percent(definition, what.percent, what.per)
    elif what.fill_up:
        names = charge_names(definition, what.fill_up.of)
        base = Text(
            ar=f"ما ينقص {names.ar} عن {what.fill_up.to} {currency}",
            en=f"what {names.en} lack of {what.fill_up.to} {currency}",
        )
    elif what.chosen:
        named = definition.question(what.chosen.of)
        each = [(named.option(id), f"{amount} {currency}") for id, amount in what.chosen.amounts.items()]
        base = joined([Text(ar=f"{name.ar}: {told}", en=f"{name.en}: {told}") for name, told in each],
                      ar="، ", en=", ")  # fmt: skip
    elif what.bands:
        base = _bands(definition, what.bands, currency)
    else:
        base = _amount(what.amount or "0", what.per, currency)
    bounds = [
        Text(ar=f"{word_ar} {bound} {currency}", en=f"{word_en} {bound} {currency}")
        for bound, word_ar, word_en in (
            (what.at_least, "بحد أدنى", "at least"),
            (what.at_most, "وبحد أقصى", "at most"),
        )
        if bound
    ]
    return joined([base, *bounds], ar="، ", en=", ")


def answered(definition: Definition, question: str, value: str) -> Text:
    """A question with its answer."""
    told = _value(definition.question(question), value)
    name = question_name(definition, question)
    return Text(ar=f"{name.ar} «{told.ar}»", en=f"{name.en} “{told.en}”")


def question_name(definition: Definition, id: str) -> Text:
    """The wording of a question in quotation marks; the id if there is no such question."""
    try:
        asked = definition.question(id).ask
    except KeyError:
        return Text(ar=f"«{id}»", en=f"“{id}”")
    return Text(ar=f"«{asked.ar or asked.en}»", en=f"“{asked.en or asked.ar}”")


def _comparison(definition: Definition, what: Comparison) -> Text:
    name = question_name(definition, what.question)
    try:
        question: Question | None = definition.question(what.question)
    except KeyError:
        question = None
    ar, en = _said(question, what)
    return Text(ar=f"{name.ar} {ar}", en=f"{name.en} {en}")


def _said(question: Question | None, what: Comparison) -> tuple[str, str]:
    if what.answered is not None:
        return ("أُجيب", "is answered") if what.answered == "yes" else ("لم يُجب", "is not answered")
    if what.at_least is not None:
        return f"{what.at_least} أو أكثر", f"is {what.at_least} or more"
    if what.at_most is not None:
        return f"{what.at_most} أو أقل", f"is {what.at_most} or less"
    if what.is_not is not None:
        other = _value(question, what.is_not)
        return f"غير «{other.ar}»", f"is not “{other.en}”"
    if what.zone is not None:
        zone = territory().zones.get(what.zone)
        name = zone.name if zone else Text(ar=what.zone, en=what.zone)
        return f"يقع في «{name.in_language('ar')}»", f"lies in “{name.in_language('en')}”"
    if what.includes is not None:
        part = _value(question, what.includes)
        return f"يتضمن «{part.ar}»", f"includes “{part.en}”"
    values = what.in_ or what.of or (what.is_ or "",)
    told = [_value(question, value) for value in values]
    return " أو ".join(f"«{text.ar}»" for text in told), "is " + " or ".join(f"“{text.en}”" for text in told)


def _value(question: Question | None, value: str) -> Text:
    return question.option(value) if question else Text(ar=value, en=value)


def _amount(amount: str, per: Per | None, currency: str) -> Text:
    if per is None:
        return Text(ar=f"{amount} {currency}", en=f"{amount} {currency}")
    unit = _PER[per.measure]
    return Text(ar=f"{amount} {currency} {unit.ar}", en=f"{amount} {currency} {unit.en}")


def _percent(definition: Definition, percent: Percent, per: Per | None) -> Text:
    names, rate = charge_names(definition, percent.of), f"{percent.rate.normalize():f}"
    unit = _PER[per.measure] if per else Text()
    most = f"{percent.at_most.normalize():f}" if percent.at_most else ""
    return Text(
        ar=f"{rate}% من {names.ar}" + f" {unit.ar}".rstrip() + (f"، بحد أقصى {most}%" if most else ""),
        en=f"{rate} % of {names.en}" + f" {unit.en}".rstrip() + (f", at most {most} %" if most else ""),
    )


def charge_names(definition: Definition, ids: Iterable[str]) -> Text:
    """The names of charges, in quotation marks."""
    names = [charge.name for charge in definition.charges if charge.id in ids]
    told = [Text(ar=f"«{each.in_language('ar')}»", en=f"“{each.in_language('en')}”") for each in names]
    return joined(told, ar=" و", en=" and ")


def _bands(definition: Definition, bands: Bands, currency: str) -> Text:
    told, low = [], Decimal(0)
    for step in bands.steps:
        amount = _amount(step.amount, step.per, currency)
        ar, en = (f"حتى {step.to}", f"to {step.to}") if step.to else (f"فوق {low}", f"above {low}")
        told.append(Text(ar=f"{ar}: {amount.ar}", en=f"{en}: {amount.en}"))
        low = step.to or low
    name = question_name(definition, bands.of)
    parts = joined(told, ar="، ", en=", ")
    return Text(ar=f"بحسب {name.ar} ({parts.ar})", en=f"by {name.en} ({parts.en})")
