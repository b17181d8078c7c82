"""The tables of the verdict and of place, hour and works, by the page's own modules put together, in the browser."""

import json
from pathlib import Path
from typing import Any

import pytest

from rukhsa.trust import extent, specimen
from rukhsa.web.public import bundle
from tests.browser.conftest import Opened
from tests.browser.window import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]
TABLE = json.loads((Path(__file__).parents[1] / "trust/vectors/verdicts.json").read_text("utf-8"))
EXTENTS = json.loads((Path(__file__).parents[1] / "trust/vectors/extent.json").read_text("utf-8"))
WORDS = json.loads(Path(extent.__file__).with_name("extent.json").read_text("utf-8"))
VERDICTS = """async ({ table, specimen }) => {
  const { verify, Evidence, readTrustList, readKey, Unavailable } = await import("/assets/table.js");
  const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const specimenKey = await readKey(specimen);
  const answers = [];
  for (const row of table.cases) {
    const evidence = new Evidence(async (address) => {
      if (row.files[address] === undefined) throw new Unavailable("no-such-file", address);
      return bytes(table.files[row.files[address]]);
    });
    const trustList = await readTrustList(table.trust_lists[row.trust_list], table.root);
    const { text, proof = null, policy = null, purpose = null, minimum_version: minimumVersion = 0 } = row;
    const at = Date.parse(row.at) / 1000;
    const found = await verify({ text, at, trustList, specimenKey, evidence, proof, policy, purpose, minimumVersion });
    answers.push([row.name, found.word, found.reason, found.failedDuty, found.witnessed]);
  }
  return answers;
}"""


FINDINGS = """async ({ table, words }) => {
  const { compare, inWords, outcomeOf } = await import("/assets/table.js");
  return table.rows.map(({ name, facts, word, at, here, seen }) => {
    const read = new Map(Object.entries(facts).map(([key, fact]) => [Number(key), fact]));
    const position = here && { latitude: here[0], longitude: here[1], accuracy: here[2] };
    const document = { facts: read, profile: table.profile, timeZone: table.time_zone, word };
    const findings = compare(document, at, position, seen);
    const told = (language) => findings.map((finding) => inWords(finding, words, language));
    return { name, outcome: outcomeOf(findings), ar: told("ar"), en: told("en") };
  });
}"""

# What the page's script keeps to itself is put together by the same program, in the same way, for the table to reach.
NEEDED = """
export { verify } from "./verdict.js";
export { Evidence } from "./evidence.js";
export { readTrustList } from "./trustlist.js";
export { readKey } from "./keys.js";
export { Unavailable } from "./refusal.js";
"""


OF_EXTENT = 'export { compare, inWords, outcomeOf } from "./extent.js";'
TOLD = ("name", "outcome", "ar", "en")


def asked_in_page(opened: Opened, verifier: str, needed: str, function: str, question: dict[str, Any]) -> Any:
    """What a function answers in the verifier's page, where it finds these modules put together as /assets/table.js."""
    with opened("ar", PHONE) as window:
        script = bundle.put_together(needed.encode())
        window.page.route(
            "**/assets/table.js", lambda route: route.fulfill(body=script, content_type="text/javascript")
        )
        window.open(f"{verifier}/")
        return window.page.evaluate(function, question)


def test_every_row_of_place_hour_and_works_comes_out_in_chromium_as_in_python(
    opened: Opened, verifier: str
) -> None:
    answers = asked_in_page(opened, verifier, OF_EXTENT, FINDINGS, {"table": EXTENTS, "words": WORDS})
    assert answers == [{name: row[name] for name in TOLD} for row in EXTENTS["rows"]]


def test_every_row_of_the_truth_table_comes_out_in_chromium_as_in_python(
    opened: Opened, verifier: str
) -> None:
    question = {"table": TABLE, "specimen": dict(specimen.public_key().jwk)}
    answers = asked_in_page(opened, verifier, NEEDED, VERDICTS, question)
    wanted = [
        [row["name"], row["word"], row["reason"], row["failed_duty"], row.get("witnessed")]
        for row in TABLE["cases"]
    ]
    assert answers == wanted
