"""The page's module of place, hour and works says what the library says, sentence by sentence."""

import json
import shutil
from pathlib import Path

from rukhsa.trust import extent
from tests.trust.vectors.extents import PATH
from tests.web.public.conftest import PAGE
from tests.web.public.test_modules import run

WORDS = Path(extent.__file__).with_name("extent.json")
TOLD = ("name", "outcome", "ar", "en")


def test_every_row_comes_out_in_the_page_s_module_as_in_python() -> None:
    wanted = [{name: row[name] for name in TOLD} for row in json.loads(PATH.read_text("utf-8"))["rows"]]
    assert run("extent.mjs", str(PATH), str(WORDS)) == wanted


def test_a_module_that_believes_any_accuracy_is_found_out(tmp_path: Path) -> None:
    """The negative control: the same rows, with a module that takes a rough position for an exact one."""
    broken = tmp_path / "modules"
    shutil.copytree(PAGE, broken)
    module = broken / "extent.js"
    module.write_text(module.read_text().replace("away + position.accuracy <= MARGIN", "away <= MARGIN"))
    rows = run("extent.mjs", str(PATH), str(WORDS), modules=broken)
    wanted = {row["name"]: row["outcome"] for row in json.loads(PATH.read_text("utf-8"))["rows"]}
    assert any(row["outcome"] == "within" != wanted[str(row["name"])] for row in rows)
