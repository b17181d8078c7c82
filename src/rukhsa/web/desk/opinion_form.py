"""The form of an agency's answer: what is typed, the conditions in both languages, and the files taken so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from rukhsa.applications.taken import MOST_FILES, Taken
from rukhsa.review.condition import StandardCondition
from rukhsa.review.opinion_draft import OpinionDraft
from rukhsa.review.opinion_file import TooManyFiles
from rukhsa.values.names import Text
from rukhsa.web.enclosing import sealed, take_each, taken_before


@dataclass(kw_only=True)
class OpinionForm:
    """An answer as it was typed; a browser cannot send a file again, so that the form brings back those it took."""

    answer: str = ""
    text: str = ""
    conditions: list[Text] = field(default_factory=list)
    records: Mapping[str, Any] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    problem: Promise | str = ""

    @property
    def sealed(self) -> list[tuple[str, str]]:
        """The name of each file that was taken, and its signed description."""
        return sealed(self.taken)

    @property
    def rows(self) -> list[Text]:
        """The conditions with an empty one after them."""
        return [*self.conditions, Text()]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.answer or self.text or self.conditions or self.taken or any(self.records.values()))

    def typed(self) -> dict[str, Any]:
        """What a draft keeps of it beside the files."""
        conditions = [[each.ar, each.en] for each in self.conditions]
        told = {"answer": self.answer, "text": self.text, "records": dict(self.records)}
        return told | {"conditions": conditions}


def read_opinion(request: HttpRequest, records: Mapping[str, Any]) -> OpinionForm:
    """What was sent; files are checked and stored as they come, and one that is not taken is named."""
    post = request.POST
    said = {name: post.get(name, "").replace("\x00", "") for name in ("answer", "text")}
    form = OpinionForm(**said, records=records, conditions=_conditions(request), taken=taken_before(request))
    uploads = request.FILES.getlist("files")
    if len(form.taken) + len(uploads) > MOST_FILES:
        form.problem = TooManyFiles.text
        return form
    form.taken, form.problem = take_each(uploads, form.taken)
    return form


def from_draft(draft: OpinionDraft) -> OpinionForm:
    """The form as it was kept."""
    typed = draft.typed
    return OpinionForm(
        answer=typed["answer"],
        text=typed["text"],
        conditions=[Text(ar=ar, en=en) for ar, en in typed["conditions"]],
        records=typed["records"],
        taken=draft.taken,
    )


def _conditions(request: HttpRequest) -> list[Text]:
    """The conditions that were typed, and the standard ones that were ticked, each once; those left empty are none."""
    typed = zip(request.POST.getlist("condition_ar"), request.POST.getlist("condition_en"), strict=False)
    found = [Text(ar=ar.replace("\x00", "").strip(), en=en.replace("\x00", "").strip()) for ar, en in typed]
    chosen = [int(pk) for pk in request.POST.getlist("standard") if pk.isascii() and pk.isdigit()]
    standard = StandardCondition.objects.filter(pk__in=[pk for pk in chosen if pk < 2**62])
    found += [each.text for each in standard]
    return list(dict.fromkeys(each for each in found if each != Text()))
