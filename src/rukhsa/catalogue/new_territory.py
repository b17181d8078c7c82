"""Creates the folder of a new territory: one authority, and one service that compiles."""

import json
import re
import shutil
import tempfile
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from string import Template
from typing import Final, Literal

from rukhsa.catalogue.block_list import read_blocks
from rukhsa.catalogue.compiler import problems_in
from rukhsa.catalogue.problems import CatalogueError, DefinitionRefused
from rukhsa.catalogue.territory import read_territory

STARTER: Final = Path(__file__).with_name("starter")
_TEXT: Final = re.compile(r"\{ar: (\"(?:[^\"\\]|\\.)*\"), en: (\"(?:[^\"\\]|\\.)*\")\}")


class TerritoryExists(CatalogueError):
    """A folder of that name exists; nothing in it was changed."""

    code = "territory-exists"


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """What a new territory needs: texts for people, ids for files."""

    name: str  # of the folder, such as riverside
    name_ar: str
    name_en: str
    languages: tuple[Literal["ar", "en"], ...]
    currency: str
    time_zone: str
    working_week: tuple[str, ...]
    holidays: str | None  # the country by ISO 3166; None: no public holidays are known
    form: Literal["block", "street"]
    phone_country: str
    phone_digits: int
    verifier: str
    authority: str  # its id, such as riverside
    code: str  # in its numbers, such as RIV
    authority_ar: str
    authority_en: str
    since: date
    colour: str = "#0b3a53"


def begin(beginning: Beginning, *, into: Path) -> Path:
    """Write the folder of a new territory under `into`, all of it or nothing.

    Raises TerritoryExists; DefinitionRefused, with every problem, for values that no territory can have.
    """
    folder = into / beginning.name
    if folder.exists():
        raise TerritoryExists(f"{folder} is there already")
    with tempfile.TemporaryDirectory(prefix=".new-", dir=_made(into)) as making:
        draft = Path(making) / beginning.name
        for path, text in _files(beginning).items():
            _made((draft / path).parent)
            (draft / path).write_text(text, encoding="utf-8")
        _require_sound(draft)
        shutil.move(draft, folder)
    return folder


def _require_sound(folder: Path) -> None:
    read_blocks(folder, read_territory(folder))
    if problems := tuple(problems_in(folder)):
        raise DefinitionRefused(problems)


def _files(beginning: Beginning) -> dict[str, str]:
    """The text of each file by its path in the folder."""
    files = {
        "territory.yaml": "territory.yaml",
        "services/address-certificate.yaml": "address-certificate.yaml",
        f"crests/{beginning.authority}.svg": "crest.svg",
    }
    if beginning.form == "block":
        files["blocks.csv"] = "blocks.csv"
    words = _words(beginning)
    return {path: _written(starter, words, beginning.languages) for path, starter in files.items()}


def _written(starter: str, words: dict[str, str], languages: tuple[str, ...]) -> str:
    text = Template((STARTER / starter).read_text(encoding="utf-8")).substitute(words)
    kept = _TEXT.sub(lambda found: _in_languages(found[1], found[2], languages), text)
    # Lines that this territory does not need are marked with a tilde, and left out.
    return re.sub(r"^~\n", "", kept, flags=re.MULTILINE)


def _in_languages(arabic: str, english: str, languages: tuple[str, ...]) -> str:
    said = {"ar": arabic, "en": english}
    return (
        "{"
        + ", ".join(f"{language}: {said[language]}" for language in ("ar", "en") if language in languages)
        + "}"
    )


# Letters of an address on one line: as many as the seal of the first service has room for.
_LINE_OF = {"ar": 22, "en": 40}


def _words(beginning: Beginning) -> dict[str, str]:
    block = beginning.form == "block"
    everyday = {"ar": "عنوان، سكن، إقامة، شهادة سكن", "en": "address, home, residence, proof of address"}
    quoted = {
        key: json.dumps(getattr(beginning, key), ensure_ascii=False)
        for key in ("name_ar", "name_en", "authority_ar", "authority_en")
    }
    return {
        **{key: str(value) for key, value in asdict(beginning).items()},
        **quoted,
        "title": beginning.name_en or beginning.name_ar,
        "languages": ", ".join(beginning.languages),
        "working_week": ", ".join(beginning.working_week),
        "holidays": f"holidays: {beginning.holidays}" if beginning.holidays else "~",
        "order": "flat, building, road, block, area" if block else "street, place",
        "words": "\n".join(
            f"  {language}: [{everyday[language].replace('،', ',')}]" for language in beginning.languages
        ),
        "home_type": "type: address" if block else f"type: text, at-most: {_LINE_OF[beginning.languages[0]]}",
        "sealed_home": "  address: home" if block else "~",
        "home_fact": "~"
        if block
        else '    - {id: home, label: {ar: "العنوان", en: "Address"}, type: text, question: home}',
    }


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
