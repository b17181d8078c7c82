"""How the product speaks (docs/words.md): plain words, one word for one thing, short statuses, counted nouns."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from rukhsa.trust import words as verdict_words
from rukhsa.values.names import Text
from rukhsa.web import dictionary
from rukhsa.web.desk.entries import ACTS
from rukhsa.web.templatetags.standing import SENTENCES
from tests.rules.source import MODULES, tree

# Words that make a reader stop, at the beginning of a sentence or anywhere in it.
MANNERED = re.compile(
    r"^(?:Nothing|Please pay)\b"
    r"|\b(?:somebody|anybody|everybody|nobody|whoever|anew|afresh|by itself|goes back|go back (?:to you|by)|are held"
    r"|second hand|this many|contest(?:s|ed|ing)?|(?:time|day|what) is over)(?!\w)",
    re.IGNORECASE,
)
# A word that another took the place of, words of two meanings, and literal translations.
RIVALS = re.compile(
    "محرر|جهة الإصدار|جهات الإصدار|ووفق|قيد المراجعة|بدأت المراجعة|أعطنا|رقم المرجع\\b"
    "|رقم الحساب الدولي|اً|(?<!ي)اطلع|تعذر|يرجى|تسديد|سُدّد|[يت]ُسدد|مسجل\\b|اطلب إعفاء|دفعتك|الماسح"
)
# The channel is called so, and nothing else is.
SADAD = re.compile("(?:فاتورة|فواتير|تطبيق|أجهزة|رقم|عبر|قناة|في) سداد|^سداد")
# A site has a معاينة; one makes a زيارة to an office, and nothing else is called so.
VISITED = re.compile("زيار|\\bزار\\b|يزور")
OFFICE = re.compile("زيارة البلدية|زيارة أي مكتب|زيارات تجنبها")
# A مراجعة is of what one entered oneself; the authority studies, checks and looks again.
REVIEWED = re.compile("مراجع|نراجع|راجعت|راجعه\\b|يراجع|تُراجع أول")
OWN = re.compile("مراجعة (?:الإجابات|المُدخل|القائمة)|للمراجعة قبل التقديم")
# A body that is not said to be the authority, an agency, or one's own.
BODY = re.compile(r"(?<!\w)(?:ال|لل|بال)?(?:جهة|جهات)(?!\w)")
SAID = re.compile("خارجية|مصدرة|مختصة|حكومية|جهات التواصل|جهت")
# Who is offline has no connection; a network is what many people ask from.
NETWORK = re.compile(r"\bnetworks?\b(?<!from your network)|شبكة(?!ك)", re.IGNORECASE)
# An إصدار is the issuing of a document; of a text or a service there is a نسخة.
VERSION, ISSUING = re.compile(r"\bversions?\b", re.IGNORECASE), re.compile(r"\bissu|\btake in", re.IGNORECASE)
# A verb before the name of a person would have the gender of that person: the act stands as a noun.
GENDERED = re.compile(
    r"(?:يوافق|وافق|يطلب|طلب|ينوب|تصرّف|يتصرف|اختار|أعدّ)(?: (?:فيه|عليه|عنك|به))? "
    r"(?:%\((?:name|agent|owner|officer)\)s|\{(?:name|agent|owner)\})"
    r"|(?:%\((?:name|agent|owner)\)s|\{(?:name|agent|owner)\}) (?:يوافق|يطلب|ينوب|يتصرف)"
)
# One reader is spoken to, and not several.
MANY_READERS = re.compile(r"(?<!\w)(?:أدخلوا|اختاروا|اطلبوا|اذكروا|حددوا|اكتبوا|أرسلوا|أرسلتم|اعقدوا)(?!\w)")
# What one who decides does is to approve.
GRANTED = re.compile(r"\bgrant(?:s|ed|ing)?\b|\bpassed inspection\b", re.IGNORECASE)
LONGEST_SENTENCE = 25
LONGEST_STATUS = 12
# What stands after a value without being counted: a word of another part of the sentence, or what the value does.
NO_NOUN = (
    "of|in|on|at|or|and|by|to|from|with|until|before|after|about|for|per|a|the|this|is|are|was|has|can|left|gave|gives"
    "|acts|asks|does|expires|needs|stands|uses"
)
# An IBAN never has one character, or two.
UNCOUNTED = {"Check the IBAN. An IBAN from {country} has {length} characters."}


def test_no_sentence_is_mannered() -> None:
    assert [text for text in english() if MANNERED.search(text)] == []


def test_names_that_readers_took_for_something_else_are_gone() -> None:
    """A day without cash was told as cash, a check as a sweep, and shortcuts as keys, which are the signer's."""
    told = set(english())
    assert not {"Cash of a day", "What the sweep found"} & told
    assert {"Payments of a day", "Findings of the payment check", "Keyboard shortcuts"} <= told


def test_no_sentence_is_long() -> None:
    assert {text: words for text in english() if (words := longest_sentence(text)) > LONGEST_SENTENCE} == {}


def test_arabic_has_one_word_for_one_thing() -> None:
    assert [text for text in arabic() if rival(text)] == []


def test_an_application_is_approved_and_a_site_is_visited() -> None:
    assert [text for text in english() if GRANTED.search(text)] == []


def test_a_site_has_no_word_of_an_office_and_an_authority_none_of_ones_own_answers() -> None:
    assert [text for text in arabic() if VISITED.search(OFFICE.sub("", text))] == []
    assert [text for text in arabic() if REVIEWED.search(OWN.sub("", text))] == []


def test_who_is_offline_has_no_connection() -> None:
    assert [text for text in [*english_of_the_pages(), *arabic_of_the_pages()] if NETWORK.search(text)] == []


def test_a_version_is_not_an_issuing() -> None:
    told = [(message.id, message.string) for message in dictionary.read() if isinstance(message.id, str)]
    assert [
        english
        for english, arabic in told
        if VERSION.search(english) and not ISSUING.search(english) and "إصدار" in str(arabic)
    ] == []


def test_no_verb_has_the_gender_of_a_person_who_is_named_and_one_reader_is_spoken_to() -> None:
    assert [text for text in arabic_of_the_pages() if GENDERED.search(text)] == []
    assert [text for text in arabic_of_the_pages() if MANY_READERS.search(text)] == []


def test_a_body_is_said_to_be_the_authority_or_an_agency() -> None:
    """A sentence that has said it may go on without. The verifier speaks of those who issue, and of no other."""
    assert [text for text in arabic_of_the_pages() if is_any_body(text)] == []


def test_what_the_code_says_in_two_languages_speaks_as_the_pages_do() -> None:
    """Findings, figures, differences: written in a module beside each other, without the catalogue."""
    told = [(f"{path.name}: {text}", text) for path in MODULES for text in texts_in(tree(path))]
    assert len(told) > 500
    assert [place for place, text in told if is_unlike_the_pages(text)] == []


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_status_has_twelve_words_at_most(language: str) -> None:
    with translation.override(language):
        told = [str(sentence) for sentence in SENTENCES.values()]
    assert {text for text in told if len(text.split()) > LONGEST_STATUS} == set()


def test_a_noun_that_is_counted_has_plural_forms() -> None:
    single = [message.id for message in dictionary.read() if isinstance(message.id, str) and message.id]
    assert [text for text in single if counts_a_noun(text) and text not in UNCOUNTED] == []


def test_every_counted_sentence_has_the_six_forms_of_arabic() -> None:
    counted = [message for message in dictionary.read() if isinstance(message.id, tuple | list)]
    assert counted
    assert [
        message.id for message in counted if len(set(message.string)) < 3 or len(message.string) != 6
    ] == []


def test_an_act_of_the_journal_is_a_masdar() -> None:
    """No act is a verb, which in Arabic would have the gender of one person."""
    with translation.override("ar"):
        told = {name: str(act) for name, act in ACTS.items()}
    assert {name: act for name, act in told.items() if is_verb(act)} == {}


@pytest.mark.parametrize(
    ("text", "is_bad"),
    [
        ("Nothing waits for your answer.", True),
        ("Ask whoever sent it.", True),
        ("It was worked out anew.", True),
        ("One waits for a second hand.", True),
        ("Why do you contest the decision?", True),
        ("Open your queue. This many:", True),
        ("No questions are waiting for your agency.", False),
    ],
)
def test_a_mannered_sentence_is_found(text: str, *, is_bad: bool) -> None:
    assert bool(MANNERED.search(text)) == is_bad


@pytest.mark.parametrize(
    ("text", "is_bad"),
    [
        ("رقم المحرر", True),
        ("أثناء السداد", True),
        ("مع تعذر الاتصال", True),
        ("فاتورة سداد 123", False),
        ("تعذّر الاتصال", False),
    ],
)
def test_a_rival_word_is_found(text: str, *, is_bad: bool) -> None:
    assert rival(text) == is_bad


def test_a_word_of_two_things_is_found() -> None:
    assert VISITED.search(OFFICE.sub("", "مواقع الزيارات"))
    assert not VISITED.search(OFFICE.sub("", "دون الحاجة إلى زيارة أي مكتب"))
    assert REVIEWED.search(OWN.sub("", "بانتظار المراجعة"))
    assert not REVIEWED.search(OWN.sub("", "مراجعة الإجابات"))
    assert is_any_body("لم ترد الجهة")
    assert not is_any_body("لم ترد الجهة الخارجية. تستطيع الجهة أن ترد.")
    assert not is_any_body("من الجهاز")
    assert GRANTED.search("The grant was right")
    assert NETWORK.search("Open it with a network.")
    assert NETWORK.search("عند توفر الشبكة")
    assert not NETWORK.search("Too many checks from your network.")
    assert not NETWORK.search("محاولات كثيرة من شبكتك")
    assert GENDERED.search("وافق %(name)s على طلبك")
    assert GENDERED.search("{name} يطلب التصرف نيابة عنك")
    assert not GENDERED.search("ورد إليك طلب موافقة من %(name)s.")
    assert MANY_READERS.search("أدخلوا اليوم والوقت.")


def test_a_long_sentence_a_counted_noun_and_a_verb_are_found() -> None:
    assert longest_sentence("Short. " + "word " * 26 + "end.") == 27
    assert counts_a_noun("Write at most {most} characters.")
    assert counts_a_noun("quorum: %(quorum)s members")
    assert counts_a_noun("%(done)s of %(all)s files are in the papers.")
    assert counts_a_noun("{covered} of the {entries} public entries")
    assert not counts_a_noun("%(name)s acts")
    assert not counts_a_noun("Page %(number)s of %(total)s")
    assert is_verb("اطّلع على طلب")
    assert is_verb("سأل بوابة دفع")
    assert not is_verb("الاطّلاع على طلب")


def test_texts_of_a_module_are_found_with_what_is_filled_in() -> None:
    (told,) = texts_in(ast.parse("Text(ar=f'السداد خلال {days}', en='Nothing changes.')"))
    assert told == Text(ar="السداد خلال …", en="Nothing changes.")
    assert is_unlike_the_pages(told)
    assert not is_unlike_the_pages(Text(ar="الدفع خلال شهر", en="There is no change."))


def texts_in(module: ast.Module) -> Iterator[Text]:
    """Each text that a module writes in its languages, with … for what is filled in."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
            yield Text(**{each.arg: _written(each.value) for each in node.keywords if each.arg})


def _written(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(each.value) if isinstance(each, ast.Constant) else "…" for each in parts)


def is_unlike_the_pages(text: Text) -> bool:
    """Whether one of the languages has a word that the pages have not."""
    return rival(text.ar) or bool(MANNERED.search(text.en))


def english() -> Iterator[str]:
    """Every English sentence of the pages and of the verifier."""
    yield from english_of_the_pages()
    yield from (text.en for text in _verdicts())


def english_of_the_pages() -> Iterator[str]:
    """Every English sentence of the catalogue."""
    for message in dictionary.read():
        yield from [message.id] if isinstance(message.id, str) else message.id


def arabic() -> Iterator[str]:
    """Every Arabic sentence of the pages and of the verifier."""
    yield from arabic_of_the_pages()
    yield from (text.ar for text in _verdicts())


def arabic_of_the_pages() -> Iterator[str]:
    """Every Arabic sentence of the catalogue."""
    for message in dictionary.read():
        if message.id:
            yield from [message.string] if isinstance(message.string, str) else message.string


def longest_sentence(text: str) -> int:
    """The words of the longest sentence in a text."""
    return max(len(sentence.split()) for sentence in re.split(r"(?<=[.?!:])\s+", text))


def rival(text: str) -> bool:
    """Whether a word stands here that another took the place of."""
    without_channel = SADAD.sub("", text)
    return bool(RIVALS.search(text)) or "سداد" in without_channel


def is_any_body(text: str) -> bool:
    """Whether a body is named, and nothing in the text says whether it is the authority or an agency."""
    return bool(BODY.search(text)) and not SAID.search(text)


def counts_a_noun(text: str) -> bool:
    """Whether a value, whatever its name, is followed by a noun in the plural, with an adjective or without."""
    return bool(
        re.search(rf"(?:%\(\w+\)[sd]|\{{\w+\}}) (?:(?!(?:{NO_NOUN})\b)\w+ )?(?!(?:{NO_NOUN})\b)\w+s\b", text)
    )


# First words of the entries: the masdars that the journal uses. A new one is added here, and a verb is not.
MASDARS = (
    "إبداء بيان محو إثبات إحالة إدخال إرسال إرفاق إزالة إسناد إضافة إعادة إعداد إغلاق إلغاء إنشاء إنهاء "
    "إيقاف اختبار اختيار استئناف استعادة عرض استحقاق استلام اعتماد اقتراح الاطّلاع البحث الرد الموافقة بحث بدء "
    "بلوغ بيان تأكيد تجديد ترك تسجيل تسليم تشغيل تصويت تعديل تعذّر تعليق تغيير تغيّر تفسير تقديم "
    "تنحٍّ تنزيل حذف حساب دفع رد رفض سحب طلب فتح قبول قراءة قيد كتابة مخالفة مشاركة مصادرة نشر "
    "منح نقل إدراج إخراج تحميل الفصل استبعاد تمديد توقيع تولي حفظ دعوة عدم انتهاء إعلان "
)


def is_verb(act: str) -> bool:
    """Whether an entry of the journal begins with a verb."""
    return act.split()[0] not in MASDARS.split()


def _verdicts() -> Iterator[Text]:
    """Every text of the verifier's table."""
    table = json.loads(Path(verdict_words.__file__).with_suffix(".json").read_text())
    waiting: list[object] = [table]
    while waiting:
        match waiting.pop():
            case {"ar": str(arabic), "en": str(english)}:
                yield Text(ar=arabic, en=english)
            case dict(inner):
                waiting.extend(inner.values())
            case list(inner):
                waiting.extend(inner)
