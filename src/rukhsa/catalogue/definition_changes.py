"""The changes from one definition to another in words: for applicants, for officers, and on the document."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rukhsa.catalogue import course, spoken
from rukhsa.catalogue.charges import ChargeRule
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.form import Document
from rukhsa.catalogue.instrument import Fact
from rukhsa.catalogue.problems import NOTHING
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.shape import Moment
from rukhsa.catalogue.steps import DecideStep, InspectionAfterIssue, Step
from rukhsa.catalogue.territory import Territory
from rukhsa.values.names import Text

Matter = Literal["service", "questions", "documents", "charges", "review", "instrument"]
MATTERS: dict[Matter, Text] = {
    "service": Text(ar="الخدمة", en="The service"),
    "questions": Text(ar="الأسئلة", en="Questions"),
    "documents": Text(ar="الوثائق", en="Documents"),
    "charges": Text(ar="الرسوم والتأمينات", en="Charges"),
    "review": Text(ar="دراسة الطلب", en="Review"),
    "instrument": Text(ar="الوثيقة", en="The document"),
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that changes."""

    matter: Matter
    text: Text


def changes(old: Definition, new: Definition, territory: Territory) -> tuple[Change, ...]:
    """Everything that changes in `new`, in the order in which a reader looks for it."""
    found: list[tuple[Matter, Iterable[Text]]] = [
        ("service", _service(old, new)),
        ("questions", _questions(old, new)),
        ("documents", _documents(old, new)),
        ("charges", _charges(old, new, territory)),
        ("review", _review(old, new, territory)),
        ("instrument", _instrument(old, new)),
    ]
    return tuple(Change(matter=matter, text=text) for matter, texts in found for text in texts)


def otherwise(name: Text, what: Text, before: Text, after: Text) -> Iterator[Text]:
    """A sentence that a value changes; none if it does not."""
    if before != after:
        yield Text(
            ar=f"{name.ar}: {what.ar} من {_shown(before.ar, '«لا شيء»')} إلى {_shown(after.ar, '«لا شيء»')}",
            en=f"{name.en}: {what.en} changes from {_shown(before.en, 'nothing')} to {_shown(after.en, 'nothing')}",
        )


def _shown(text: str, nothing: str) -> str:
    return text or nothing


def _service(old: Definition, new: Definition) -> Iterator[Text]:
    name = Text(ar="الخدمة", en="The service")
    yield from otherwise(name, Text(ar="اسمها", en="its name"), old.name, new.name)
    yield from otherwise(name, Text(ar="وصفها", en="its summary"), old.summary, new.summary)
    yield from otherwise(
        name, Text(ar="المتقدمون", en="who may apply"), _listed(old.applicants), _listed(new.applicants)
    )
    whom = (spoken.joined(list(each.for_whom), ar="؛ ", en="; ") for each in (old, new))
    yield from otherwise(name, Text(ar="لمن هي", en="for whom it is"), *whom)
    yield from otherwise(name, Text(ar="شروط التقديم", en="eligibility"), _eligible(old), _eligible(new))
    laws = (each.on_laws(each.law) for each in (old, new))
    yield from otherwise(name, _LAW, *laws)
    terms = (spoken.left_undone(each.left_undone) for each in (old, new))
    yield from otherwise(name, Text(ar="مهلة مقدم الطلب", en="how long it waits for the applicant"), *terms)


_LAW = Text(ar="سندها القانوني", en="its legal basis")


def _beside(text: Text, more: Text) -> Text:
    """A text with another behind it in brackets, where there is another."""
    if more == NOTHING:
        return text
    return Text(ar=f"{text.ar} ({more.ar})", en=f"{text.en} ({more.en})")


def _listed(names: Sequence[str]) -> Text:
    arabic = {
        "citizen": "مواطن",
        "gcc": "مواطن من دول مجلس التعاون",
        "resident": "مقيم",
        "investor": "مستثمر",
        "government": "جهة حكومية",
    }
    return Text(ar="، ".join(arabic.get(name, name) for name in names), en=", ".join(names))


def _eligible(definition: Definition) -> Text:
    rules = [_beside(spoken.condition(definition, each.rule), definition.on_laws(each.law))
             for each in definition.eligible]  # fmt: skip
    return spoken.joined(rules, ar="؛ ", en="; ")


def _pairs[T](
    before: Sequence[T], after: Sequence[T], key: Callable[[T], str]
) -> Iterator[tuple[T | None, T | None]]:
    """Pairs of items with the same key; None where one side lacks it."""
    old, new = {key(each): each for each in before}, {key(each): each for each in after}
    for id in dict.fromkeys([*new, *old]):
        yield old.get(id), new.get(id)


def _came_and_went(what: Text, before: Text | None, after: Text | None) -> Iterator[Text]:
    if before is None and after is not None:
        yield Text(ar=f"يُضاف {what.ar} {after.ar}", en=f"{what.en} {after.en} is added")
    if after is None and before is not None:
        yield Text(ar=f"يُحذف {what.ar} {before.ar}", en=f"{what.en} {before.en} is removed")


def _questions(old: Definition, new: Definition) -> Iterator[Text]:
    word = Text(ar="سؤال", en="The question")
    asked = _pairs(old.questions, new.questions, lambda question: question.id)
    recorded = _pairs(old.recorded, new.recorded, lambda question: question.id)
    for before, after in (*asked, *recorded):
        names = [
            spoken.question_name(definition, each.id) if each else None
            for definition, each in ((old, before), (new, after))
        ]
        yield from _came_and_went(word, *names)
        if before and after:
            yield from _question(old, new, before, after)


def _question(old: Definition, new: Definition, before: Question, after: Question) -> Iterator[Text]:
    name = spoken.question_name(new, after.id)
    yield from otherwise(name, Text(ar="نصه", en="its wording"), before.ask, after.ask)
    yield from _conditional(name, old, new, before, after)
    known = (_plain(each.known_ or "") for each in (before, after))
    yield from otherwise(name, Text(ar="ما يُؤخذ من الملف الشخصي", en="what of a profile answers it"), *known)
    yield from otherwise(
        name, Text(ar="نوع الجواب", en="its kind of answer"), _plain(before.type), _plain(after.type)
    )
    for word, ar in (
        ("from_", "أقل جواب"),
        ("to", "أكبر جواب"),
        ("at_most", "أطول جواب"),
        ("earliest", "أول موعد"),
        ("latest", "آخر موعد"),
        ("length", "الطول"),
        ("size", "المساحة"),
        ("within", "العقار الذي يقع فيه"),
        ("services", "الخدمات"),
    ):
        values = [
            _limit(*each) for each in ((old, getattr(before, word, None)), (new, getattr(after, word, None)))
        ]
        yield from otherwise(
            name, Text(ar=ar, en=f"its limit ({word.rstrip('_').replace('_', '-')})"), *values
        )
    options = [dict(getattr(each, "options", {})) for each in (before, after)]
    for option in dict.fromkeys([*options[1], *options[0]]):
        yield from _came_and_went(
            Text(ar=f"في {name.ar} الخيار", en=f"In {name.en} the option"),
            *(_quoted(each[option]) if option in each else None for each in options),
        )


def _conditional(name: Text, old: Definition, new: Definition, before: Any, after: Any) -> Iterator[Text]:
    asked = [spoken.condition(*each) for each in ((old, before.when), (new, after.when))]
    yield from otherwise(name, Text(ar="شرط طلبه", en="when it is asked for"), *asked)
    optional = {True: Text(ar="اختياري", en="optional"), False: Text(ar="إلزامي", en="obligatory")}
    yield from otherwise(
        name,
        Text(ar="لزومه", en="whether it must be given"),
        optional[before.optional],
        optional[after.optional],
    )


def _limit(definition: Definition, value: Any) -> Text:
    if value is None:
        return NOTHING
    if isinstance(value, Moment):
        return spoken.moment(definition, value)
    if hasattr(value, "from_"):
        return _plain(" – ".join(str(bound) for bound in (value.from_, value.to) if bound))
    return _plain(", ".join(value) if isinstance(value, tuple) else str(value))


def _plain(text: str) -> Text:
    return Text(ar=text, en=text)


def _quoted(text: Text) -> Text:
    return Text(ar=f"«{text.ar or text.en}»", en=f"“{text.en or text.ar}”")


def _documents(old: Definition, new: Definition) -> Iterator[Text]:
    for before, after in _pairs(old.documents, new.documents, lambda document: document.id):
        yield from _came_and_went(
            Text(ar="مستند", en="The document"),
            *(_quoted(each.name) if each else None for each in (before, after)),
        )
        if before and after:
            yield from _document(old, new, before, after)


def _document(old: Definition, new: Definition, before: Document, after: Document) -> Iterator[Text]:
    name = _quoted(after.name)
    yield from otherwise(name, Text(ar="اسمه", en="its name"), before.name, after.name)
    yield from _conditional(name, old, new, before, after)
    most = Text(ar="عدد الملفات", en="how many files")
    yield from otherwise(name, most, _plain(str(before.at_most)), _plain(str(after.at_most)))
    phrases = (each.phrase or NOTHING for each in (before, after))
    yield from otherwise(name, Text(ar="ممن يُطلب", en="the words for whom it is asked of"), *phrases)
    told = (Text(ar="ممن دخل بالمفتاح الإلكتروني", en="those with an eKey") if each.given_with else NOTHING
            for each in (before, after))  # fmt: skip
    yield from otherwise(name, Text(ar="من يُعفى منه", en="who need not attach it"), *told)
    kinds = (_plain(", ".join(each.accept)) for each in (before, after))
    yield from otherwise(name, Text(ar="نوع الملف", en="the kind of file"), *kinds)


def _charges(old: Definition, new: Definition, territory: Territory) -> Iterator[Text]:
    for before, after in _pairs(old.charges, new.charges, lambda charge: charge.id):
        yield from _came_and_went(
            Text(ar="البند", en="The charge"),
            *(_quoted(each.name) if each else None for each in (before, after)),
        )
        if not (before and after):
            continue
        name = _quoted(after.name)
        rows = [_rows(*each, territory.currency) for each in ((old, before), (new, after))]
        told = [
            spoken.joined([row for row in mine if row not in other], ar="؛ ", en="; ")
            for mine, other in (rows, rows[::-1])
        ]
        yield from otherwise(name, Text(ar="مقداره", en="what it comes to"), *told)
        dues = (_due(each.due) for each in (before, after))
        yield from otherwise(name, Text(ar="موعد استحقاقه", en="when it is due"), *dues)
        periods = (
            _plain(f"{each.from_}{f' – {each.until}' if each.until else ''}") for each in (before, after)
        )
        yield from otherwise(name, Text(ar="مدة نفاذه", en="the days on which it is in effect"), *periods)
        laws = (definition.on_laws(each.law) for definition, each in ((old, before), (new, after)))
        yield from otherwise(name, _LAW, *laws)
        returns = (each.returned or NOTHING for each in (before, after))
        yield from otherwise(name, Text(ar="متى يُرد", en="when it is returned"), *returns)


def _rows(definition: Definition, charge: ChargeRule, currency: str) -> list[Text]:
    """Each row of a charge, and each waiver, as a phrase."""
    told = []
    for row in charge.rows:
        amount, when = spoken.row(definition, row, currency), spoken.condition(definition, row.when)
        theirs = f" ({', '.join(row.authorities)})" if row.authorities else ""
        amount = Text(ar=amount.ar + theirs, en=amount.en + theirs)
        told.append(
            _beside(
                Text(ar=f"{amount.ar} إذا كان {when.ar}", en=f"{amount.en} if {when.en}"),
                row.phrase or NOTHING,
            )
            if row.when
            else amount
        )
    for waiver in charge.waived:
        when = spoken.condition(definition, waiver.when)
        less = f"{waiver.percent.normalize():f}"
        full = Text(ar="دون رسم", en="no charge") if waiver.percent == 100 else Text(
            ar=f"أقل بنسبة {less}%", en=f"{less} % less"
        )  # fmt: skip
        told.append(Text(ar=f"{full.ar} إذا كان {when.ar}", en=f"{full.en} if {when.en}"))
    return told


def _due(due: str) -> Text:
    arabic = {
        "at submission": "عند التقديم",
        "after decision": "بعد القرار",
        "after inspection": "بعد المعاينة",
    }
    return Text(ar=arabic[due], en=due)


def _review(old: Definition, new: Definition, territory: Territory) -> Iterator[Text]:
    yield from otherwise(
        Text(ar="دراسة الطلب", en="The review"),
        Text(ar="ترتيب خطواتها", en="the order of its steps"),
        _order(old, territory),
        _order(new, territory),
    )
    for before, after in _pairs(old.steps, new.steps, _key):
        if before and after:
            name = course.step_name(territory, after)
            within = (spoken.span(each.within) if each.within else Text() for each in (before, after))
            yield from otherwise(name, Text(ar="مهلتها", en="its time limit"), *within)
            yield from _of_step(name, old, new, before, after, territory)
    for visit, later in _pairs(old.after_issue, new.after_issue, lambda each: each.inspect):
        yield from _came_and_went(
            Text(ar="معاينة بعد الإصدار", en="The visit after issue"),
            *(_quoted(each.name) if each else None for each in (visit, later)),
        )
        if visit and later:
            yield from _visit(old, new, visit, later)


def _of_step(
    name: Text, old: Definition, new: Definition, before: Step, after: Step, territory: Territory
) -> Iterator[Text]:
    if isinstance(before, DecideStep) and isinstance(after, DecideStep):
        deciders = (course.decider(territory, each) for each in (before, after))
        yield from otherwise(name, Text(ar="من يقرر", en="who decides"), *deciders)
        rules = (spoken.condition(*each) for each in ((old, before.grant_when), (new, after.grant_when)))
        yield from otherwise(name, Text(ar="متى يُمنح", en="when it is granted"), *rules)
    else:
        when = (
            spoken.condition(definition, getattr(step, "when", None))
            for definition, step in ((old, before), (new, after))
        )
        yield from otherwise(name, Text(ar="متى تُطلب", en="when it is asked for"), *when)


def _visit(
    old: Definition, new: Definition, before: InspectionAfterIssue, after: InspectionAfterIssue
) -> Iterator[Text]:
    due = (spoken.moment(*each) for each in ((old, before.due), (new, after.due)))
    yield from otherwise(_quoted(after.name), Text(ar="موعدها", en="when it is due"), *due)


def _key(step: Step) -> str:
    return next(
        f"{word}:{getattr(step, word)}" if word != "decide" else word
        for word in ("check", "refer", "inspect", "decide")
        if hasattr(step, word)
    )


def _order(definition: Definition, territory: Territory) -> Text:
    stretches = [
        spoken.joined([course.step_name(territory, step) for step in stretch], ar=" مع ", en=" beside ")
        for stretch in definition.stretches
    ]
    return spoken.joined(stretches, ar="، ثم ", en=", then ")


def _instrument(old: Definition, new: Definition) -> Iterator[Text]:
    name, before, after = Text(ar="الوثيقة", en="The document"), old.instrument, new.instrument
    yield from otherwise(name, Text(ar="عنوانه", en="its title"), before.title, after.title)
    terms = (spoken.validity(*each) for each in ((old, before.validity), (new, after.validity)))
    yield from otherwise(name, Text(ar="مدة سريانه", en="how long it is in force"), *terms)
    for fact, other in _pairs(before.facts, after.facts, lambda each: f"{each.id} {each.sealed}"):
        labels = (_fact(each) if each else None for each in (fact, other))
        yield from _came_and_went(Text(ar="في المحتوى", en="On it the fact"), *labels)
    for printed, later in _pairs(
        before.conditions, after.conditions, lambda each: each.text.ar + each.text.en
    ):
        texts = (_quoted(each.text) if each else None for each in (printed, later))
        yield from _came_and_went(Text(ar="الشرط المطبوع", en="The printed condition"), *texts)
    effects = (_effects(*each) for each in ((old, before.effects), (new, after.effects)))
    yield from otherwise(name, Text(ar="أثره في غيره", en="what it does to others"), *effects)


def _fact(fact: Fact) -> Text:
    label = _quoted(fact.label)
    return label if fact.sealed else Text(ar=f"{label.ar} (خارج الختم)", en=f"{label.en} (outside the seal)")


_DOES = {
    "new_version_of": Text(ar="إصدار جديد من", en="a new version of"),
    "renews": Text(ar="يجدد", en="renews"),
    "copies": Text(ar="نسخة من", en="a copy of"),
    "closes": Text(ar="يقفل", en="closes"),
    "changes_register": Text(ar="يغيّر سجل العناوين:", en="changes the address register:"),
    "reconsiders": Text(ar="يعيد النظر في", en="has reconsidered"),
}


def _effects(definition: Definition, effects: Sequence[Any]) -> Text:
    told = []
    for effect in effects:
        word = next(word for word in _DOES if hasattr(effect, word))
        named = spoken.question_name(
            definition, getattr(effect, "old" if word == "changes_register" else word)
        )
        told.append(Text(ar=f"{_DOES[word].ar} {named.ar}", en=f"{_DOES[word].en} {named.en}"))
    return spoken.joined(told, ar="؛ ", en="; ")
