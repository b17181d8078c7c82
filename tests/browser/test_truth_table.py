"""The truth table of the verdict, by the page's own modules, put together as the page is, in the browser."""

import json
from pathlib import Path
from typing import Any

import pytest

from rukhsa.trust import specimen
from rukhsa.web.public import bundle
from tests.browser.conftest import Opened
from tests.browser.window import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]
TABLE = json.loads((Path(__file__).parents[1] / "trust/vectors/verdicts.json").read_text("utf-8"))
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


# What the page's script keeps to itself is put together by the same program, in the same way, for the table to reach.
NEEDED = """
export { verify } from "./verdict.js";
export { Evidence } from "./evidence.js";
export { readTrustList } from "./trustlist.js";
export { readKey } from "./keys.js";
export { Unavailable } from "./refusal.js";
"""


def test_every_row_of_the_truth_table_comes_out_in_chromium_as_in_python(
    opened: Opened, verifier: str
) -> None:
    with opened("ar", PHONE) as window:
        script = bundle.put_together(NEEDED.encode())
        window.page.route(
            "**/assets/table.js", lambda route: route.fulfill(body=script, content_type="text/javascript")
        )
        window.open(f"{verifier}/")
        question: dict[str, Any] = {"table": TABLE, "specimen": dict(specimen.public_key().jwk)}
        answers = window.page.evaluate(VERDICTS, question)
    wanted = [
        [row["name"], row["word"], row["reason"], row["failed_duty"], row.get("witnessed")]
        for row in TABLE["cases"]
    ]
    assert answers == wanted
