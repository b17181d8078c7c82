"""Writes the set into a folder: documents, pictures, public files, and an index for people and programs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.template import Context, Engine

from rukhsa.trust import words
from rukhsa_rehearsal.specimens.forgeries import PAPER_NUMBER, Specimen, every_specimen
from rukhsa_rehearsal.specimens.overlay import picture_of
from rukhsa_rehearsal.specimens.training import ROOT, Training

_HERE: Final = Path(__file__).parent
COMMAND: Final = (
    "python -m rukhsa.trust verify documents/01-genuine.pdf"
    " --public public --root public/root.jwk --no-memory"
)
PAGES: Final = {"ar": "index.html", "en": "index.en.html"}
_SAY: Final = {
    "ar": {
        "title": "وثائق للتدريب على كشف التزوير",
        "warning": "هذه نماذج لا أثر لها. خُتمت بمفاتيح معلنة لجهة لا وجود لها، فيرفضها المتحقق الحقيقي كلها.",
        "how": "تحقق منها تحت جذر التدريب وحده، وقارن الحكم بما يذكر هنا:",
        "done": "كيف صُنعت:",
        "look": "كيف تُكشف:",
        "code": "رمز الصفحة",
        "file": "الملف",
        "number": "الرقم في السجل",
        "none": "لا رمز فيها",
        "other": "English",
    },
    "en": {
        "title": "Documents to train in finding forgeries",
        "warning": "These are specimens and have no effect. They are sealed with published keys of an authority"
        " that does not exist: a real verifier refuses every one.",
        "how": "Verify them under the root of the training alone, and compare the verdict with what stands here:",
        "done": "How it was made:",
        "look": "How it is found:",
        "code": "The code on the page",
        "file": "The file",
        "number": "The number in the register",
        "none": "there is no code",
        "other": "العربية",
    },
}


def write(training: Training, folder: Path) -> int:
    """Write the set into an empty or absent folder; return the number of documents."""
    specimens = list(every_specimen(training))
    listed = [_listed(number, each) for number, each in enumerate(specimens, 1)]
    for each, entry in zip(specimens, listed, strict=True):
        _put(folder / entry["file"], each.file)
        _put(folder / entry["picture"], picture_of(each.file))
    for path, content in training.files.items():
        _put(folder / "public" / path, content)
    _put(folder / "policy.json", _json(_policy(training)))
    _put(folder / "index.json", _json(_index(training, listed)))
    for language, name in PAGES.items():
        _put(folder / name, _page(language, listed).encode())
    return len(specimens)


def _listed(number: int, each: Specimen) -> dict[str, Any]:
    """An entry of the index: files, the expected verdicts, and the explanation in both languages."""
    told = json.loads((_HERE / "told.json").read_text("utf-8"))[each.name]
    stem = f"{number:02d}-{each.name}"
    answers: dict[str, Any] = {
        "code": {"word": each.code[0], "reason": each.code[1]} if each.code else None,
        "file": {"word": each.whole[0], "reason": each.whole[1]},
    }
    if each.code is None:
        answers["number"] = {"word": "paper", "reason": "paper-accepted", "number": PAPER_NUMBER}
    files = {"file": f"documents/{stem}.pdf", "picture": f"pictures/{stem}.png"}
    return {"name": each.name, **files, "expected": answers, **told}


def _index(training: Training, listed: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "specimen": True,
        "made_at": training.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "good_until": training.trust_list.expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "root_kid": ROOT.kid.hex(),
        "verifier": training.territory.verifier,
        "command": COMMAND,
        "documents": listed,
    }


def _policy(training: Training) -> dict[str, Any]:
    """The acceptance policy of the training, which takes paper."""
    until = training.trust_list.expires.date().isoformat()
    since = training.today.replace(month=1, day=1).isoformat()
    return {"rules": [{"kind": "paper", "since": since, "until": until, "circular": "0/0000"}]}


def _page(language: str, listed: list[dict[str, Any]]) -> str:
    say, other = _SAY[language], "en" if language == "ar" else "ar"
    entries = [
        {
            **entry,
            **{part: entry[part][language] for part in ("title", "how", "look")},
            "answers": list(_answers(entry["expected"], language)),
        }
        for entry in listed
    ]
    context = {
        "language": language,
        "direction": _direction(language),
        "say": say,
        "command": COMMAND,
        "specimens": entries,
        "other": {
            "language": other,
            "direction": _direction(other),
            "file": PAGES[other],
            "name": say["other"],
        },
    }
    template = (_HERE / "index.html").read_text("utf-8")
    return str(Engine().from_string(template).render(Context(context)))


def _direction(language: str) -> str:
    return "rtl" if language == "ar" else "ltr"


def _answers(expected: dict[str, Any], language: str) -> Iterator[dict[str, str]]:
    for asked, answer in expected.items():
        label = _SAY[language][asked]
        if answer is None:
            yield {"asked": label, "word": _SAY[language]["none"], "tone": "caution"}
            continue
        yield {
            "asked": label,
            "word": words.name(answer["word"]).in_language(language),
            "tone": words.tone(answer["word"]),
            "because": words.reason(answer["reason"]).in_language(language),
            "reason": answer["reason"],
        }


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
