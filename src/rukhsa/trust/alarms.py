"""The alarms of a log's monitor: their codes and sentences in both languages."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rukhsa.values.names import Text

SENTENCES = {
    "log-forked": Text(
        ar="يعرض السجل تاريخين يناقض أحدهما الآخر. احتفظ بالشاهدين الموقعين أدناه وأبلغ الجهة والشهود.",
        en="The log shows two histories that contradict each other. Keep both signed notes; tell the authority and the"
        " witnesses.",
    ),
    "log-shrank": Text(
        ar="السجل أقصر مما سبقت رؤيته: أعيدت نسخة قديمة، أو أخفيت قيود.",
        en="The log is shorter than it was: an old copy was restored, or entries are hidden.",
    ),
    "time-went-back": Text(
        ar="وقت السجل قبل وقت سبقت رؤيته.", en="The log's time is before one that was seen."
    ),
    "time-ahead": Text(
        ar="وقت السجل بعد الآن: تحقق من الساعتين.", en="The log's time is after now: check both clocks."
    ),
    "checkpoint-old": Text(
        ar="لم يوقّع السجل شيئًا منذ مدة أطول من المتفق عليه.",
        en="The log has signed nothing for longer than agreed.",
    ),
    "bad-signature": Text(
        ar="توقيع السجل أو توقيع أحد شهوده لا يصح.",
        en="A signature of the log or of a witness does not hold.",
    ),
    "tiles-broken": Text(
        ar="ملفات السجل لا تؤدي إلى جذره الموقّع.", en="The log's files do not lead to its signed root."
    ),
    "entry-missing": Text(
        ar="قيد أُبلغنا به ليس في السجل.", en="An entry that we were told of is not in the log."
    ),
    "not-witnessed": Text(
        ar="لم يشهد عدد كافٍ من الشهود على السجل في المدة المتفق عليها.",
        en="Too few witnesses have confirmed the log within the time agreed.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """Something that an honest log does not do, found at `at`; `notes` are what proves it to others."""

    code: str
    log: str
    at: datetime
    detail: str = ""
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """One object, of one line, with the sentence in both languages."""
        sentence = SENTENCES[self.code]
        found: dict[str, Any] = {"alarm": self.code, "log": self.log}
        found |= {"at": f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "detail": self.detail}
        found |= {"ar": sentence.ar, "en": sentence.en}
        return found | ({"notes": list(self.notes)} if self.notes else {})
