"""Describes a difference in words, in Arabic or in English."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.definition_changes import MATTERS
from rukhsa.catalogue.territory import territory
from rukhsa.difference.difference import Burden, Case, Difference, difference
from rukhsa.values.money import Money
from rukhsa.values.names import Text

_STAGES = {
    "draft": Text(ar="مسودات", en="drafts"),
    "submitted": Text(ar="قيد النظر", en="under review"),
    "returned": Text(ar="معادة إلى مقدميها", en="returned to the applicant"),
}


def descriptions(old: Definition, new: Definition, *, at: datetime | None = None) -> dict[str, str]:
    """The description of a difference at a moment, or now, in each language of the territory."""
    found = difference(old, new, at=at or timezone.now())
    return {language: description(found, language) for language in territory().languages}


def description(difference: Difference, language: str) -> str:
    """Everything that changes, for whom, and what becomes of the applications that are under way."""
    return "\n".join(text.in_language(language) for text in _lines(difference))


def _lines(difference: Difference) -> Iterator[Text]:
    if not difference.changes:
        yield Text(ar="لا يتغير شيء.", en="There is no change.")
    for matter, title in MATTERS.items():
        found = [change.text for change in difference.changes if change.matter == matter]
        if found:
            yield title
            yield from (_item(text) for text in found)
    yield from _cases(difference)
    yield from _real(difference)
    yield from _open(difference)


def _item(text: Text) -> Text:
    return Text(ar=f"  - {text.ar}", en=f"  - {text.en}")


def _cases(difference: Difference) -> Iterator[Text]:
    touched = [case for case in difference.cases if case.differs]
    count, all_ = len(touched), len(difference.cases)
    if not difference.changes and not touched:
        return
    yield Text(
        ar=f"لمن: يتغير شيء في {count} من {all_} حالات",
        en=f"For whom: something changes in {count} of {all_} cases",
    )
    for case in touched:
        what = list(_what(case.before, case.after, case))
        ar, en = "؛ ".join(each.ar for each in what), "; ".join(each.en for each in what)
        yield _item(Text(ar=f"{case.who.ar}: {ar}", en=f"{case.who.en}: {en}"))


def _what(before: Burden, after: Burden, case: Case) -> Iterator[Text]:
    if before.money != after.money:
        ar = f"يدفع {_money(after.money).ar} بدلًا من {_money(before.money).ar}"
        yield Text(ar=ar, en=f"pays {_money(after.money).en} instead of {_money(before.money).en}")
    if before.questions != after.questions:
        ar = f"يُسأل {after.questions} أسئلة بدلًا من {before.questions}"
        yield Text(ar=ar, en=f"is asked {after.questions} questions instead of {before.questions}")
    for document in after.documents:
        if document not in before.documents:
            yield Text(ar=f"يُطلب منه: {document.ar}", en=f"attaches: {document.en}")
    for document in before.documents:
        if document not in after.documents:
            yield Text(ar=f"لا يُطلب منه: {document.ar}", en=f"no longer attaches: {document.en}")
    if before.working_days != after.working_days:
        ar = f"ينتظر {after.working_days} أيام عمل على الأكثر بدلًا من {before.working_days}"
        yield Text(
            ar=ar, en=f"waits at most {after.working_days} working days instead of {before.working_days}"
        )


def _money(money: Money | None) -> Text:
    if money is None:
        return Text(ar="ما تحدده دراسة الطلب", en="what the review decides")
    return Text(ar=f"{money} {money.currency}", en=f"{money} {money.currency}")


def _real(difference: Difference) -> Iterator[Text]:
    real = difference.real
    if not real.applications:
        yield Text(ar="لم يُقدَّم أي طلب بعد.", en="No one has applied yet.")
        return
    yield Text(
        ar=f"آخر الطلبات ({real.applications}): كان {real.dearer} سيدفع أكثر و{real.cheaper} أقل",
        en=f"Of the last {real.applications} applications {real.dearer} would have paid more and {real.cheaper} less",
    )
    if real.most:
        currency = real.most.currency
        yield _item(Text(
            ar=f"أكبر فرق {real.most} {currency}، والفروق معًا {real.together} {currency}",
            en=f"the greatest difference is {real.most} {currency}, all together {real.together} {currency}",
        ))  # fmt: skip
    if real.unknown:
        yield _item(Text(
            ar=f"لا يُعرف المبلغ في {real.unknown} منها إلا بدراسة الطلب",
            en=f"of {real.unknown} only the review can tell",
        ))  # fmt: skip


def _open(difference: Difference) -> Iterator[Text]:
    if not difference.open:
        yield Text(ar="لا طلبات قيد الإجراء.", en="No applications are under way.")
        return
    told = [(count, _STAGES[stage]) for stage, count in difference.open.items()]
    ar = "، ".join(f"{count} {name.ar}" for count, name in told)
    en = ", ".join(f"{count} {name.en}" for count, name in told)
    yield Text(
        ar=f"الطلبات قيد الإجراء: {ar}. تبقى كلها على نموذجها ورسومها.",
        en=f"Under way: {en}. All keep their form and charges.",
    )
    if difference.lacking:
        names = ", ".join(difference.lacking)
        yield _item(Text(
            ar=f"لا يمكن نقلها إلى الإجراءات الجديدة، إذ ينقصها: {names}",
            en=f"they cannot follow the new process, which needs: {names}",
        ))  # fmt: skip
    else:
        yield _item(Text(
            ar="يمكن للموظف نقلها إلى الإجراءات الجديدة.", en="an officer may have them follow the new process",
        ))  # fmt: skip
