"""Write the truth table and the worked examples of the formats: `python -m tests.trust.vectors.make`."""

import hashlib
import json
from pathlib import Path
from typing import Any

from rukhsa.trust import words
from tests.trust import world
from tests.trust.vectors import examples
from tests.trust.vectors.case import Case, encoded
from tests.trust.vectors.cases import every_case

PATH = Path(__file__).with_name("verdicts.json")


def document() -> dict[str, Any]:
    """The whole table; trust lists and files stand once and are named by the beginning of their hash."""
    table: dict[str, Any] = {"duties": _duties(), "root": dict(world.ROOT.jwk)}
    table |= {"trust_lists": {}, "files": {}, "cases": []}
    for case in every_case():
        table["cases"].append(_row(case, table))
    return table


def text() -> str:
    """The file's text: one case a line."""
    table = document()
    cases = ",\n".join(json.dumps(case, ensure_ascii=False) for case in table.pop("cases"))
    head = json.dumps(table, ensure_ascii=False, indent=0)
    return f'{head.removesuffix("}").rstrip()},\n"cases": [\n{cases}\n]\n}}\n'


def _row(case: Case, table: dict[str, Any]) -> dict[str, Any]:
    signed = world.signed_trust_list(case.trust_list)
    row: dict[str, Any] = {
        "name": case.name,
        "word": case.word,
        "reason": case.reason,
        "failed_duty": case.failed_duty,
        "at": case.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "trust_list": _keep(table["trust_lists"], signed.encode(), signed),
        "text": case.text,
        "files": {
            address: _keep(table["files"], data, encoded(data))
            for address, data in case.files.items()
            if "tile/entries" not in address
        },
    }
    optional = {
        "witnessed": case.witnessed,
        "proof": case.proof,
        "policy": case.policy,
        "purpose": case.purpose,
    }
    optional["minimum_version"] = case.minimum_version
    return row | {name: value for name, value in optional.items() if value is not None}


def _duties() -> list[dict[str, Any]]:
    """The numbered duties in the order in which they are asked, with the reasons for which each fails."""
    return [
        {
            "number": number,
            "name": vars(words.duty(number)),
            "reasons": [code for code in words.every_reason() if number in words.duties_of(code)],
        }
        for number in range(8)
    ]


def _keep(kept: dict[str, str], data: bytes, shown: str) -> str:
    name = hashlib.sha256(data).hexdigest()[:12]
    kept[name] = shown
    return name


if __name__ == "__main__":
    PATH.write_text(text(), "utf-8")
    for page in examples.pages():
        page.write_text(examples.written_anew(page), "utf-8")
