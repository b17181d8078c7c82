"""Files that cost far more to read than to send: each ends in its child, and the worker does not notice."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest

from rukhsa import reader
from rukhsa.catalogue.definition import read_definition_text
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.files.errors import Refused
from rukhsa.files.safe_copy import accept
from rukhsa.places.geometry import GeometryError, parse_line
from rukhsa.project.config import PROJECT
from tests.rooms.reader import bombs

# At a tenth of the size each is harmless: what is refused is the cost, and not how the file is made.
PDFS: dict[str, tuple[Callable[[], bytes], str]] = {
    "1 GB in a stream of objects": (lambda: bombs.packed_objects(1000), "too-much-memory"),
    "one page 900,000 times": (bombs.one_page_many_times, ""),
    "pages 100,000 floors deep": (bombs.deep_page_tree, ""),
    "pages that double": (bombs.doubling_page_tree, ""),
}


@pytest.mark.parametrize("bomb", PDFS)
def test_a_bomb_is_refused_and_the_next_file_is_read(bomb: str) -> None:
    make, code = PDFS[bomb]
    with pytest.raises(reader.Refused) as refused:
        reader.ask("check-file", make(), accept=["pdf"])
    assert not code or refused.value.code == code
    assert reader.ask("check-file", bombs.eyes(90), accept=["image"])


def test_a_pdf_of_three_million_brackets_is_read_or_refused_and_costs_little() -> None:
    try:
        reader.ask("check-file", bombs.brackets(), accept=["pdf"])
    except reader.Unread:
        raise
    except reader.Refused:
        pass


@pytest.mark.parametrize("megabytes", [1, 30, 63, 64, 65, 200, 400, 600, 1000])
def test_a_bomb_never_hides_a_script(megabytes: int) -> None:
    with pytest.raises(reader.Refused):
        reader.ask("check-file", bombs.packed_objects(megabytes), accept=["pdf"])


def test_without_the_unpacking_a_limit_hides_the_script() -> None:
    """The negative control, in a process of its own: qpdf goes on without what it may not unpack."""
    told = _in_a_process(
        "from rukhsa.files import safe_copy, untrusted_pdf;"
        "untrusted_pdf._unpack = lambda document: None;"
        "print(json.dumps(safe_copy.accept(content, ['pdf']).media_type))",
        bombs.packed_objects(1000),
    )
    assert told == "application/pdf"
    with pytest.raises(Refused, match="file-active"):
        accept(bombs.packed_objects(1), ("pdf",))


def test_a_small_stream_of_objects_without_a_script_is_taken() -> None:
    harmless = bombs.packed_objects(1, b"<</S/Named/N/NextPage>>")
    assert reader.ask("check-file", harmless, accept=["pdf"])["media_type"] == "application/pdf"


def test_the_worker_that_asks_grows_by_less_than_the_file_would() -> None:
    """In this process the bomb took a gigabyte; where it is asked for, nothing but the file itself is added."""
    grown = _in_a_process(
        "from rukhsa import reader\n"
        "reader.start()\n"
        "before = peak()\n"
        "try: reader.ask('check-file', content, accept=['pdf'])\n"
        "except reader.Refused: pass\n"
        "print(json.dumps(peak() - before))",
        bombs.packed_objects(1000),
    )
    assert grown < 8_000  # kB


def test_the_control_grows_by_what_the_stream_holds() -> None:
    grown = _in_a_process(
        "import io, pikepdf\n"
        "before = peak()\n"
        "document = pikepdf.open(io.BytesIO(content))\n"
        "[each.unparse(resolved=True) for each in document.objects if isinstance(each, pikepdf.Object)]\n"
        "print(json.dumps(peak() - before))",
        bombs.packed_objects(300),
    )
    assert grown > 270_000


@pytest.mark.parametrize("module", [1, 2, 3])
def test_a_picture_full_of_eyes_ends_by_the_deadline_of_the_kernel(module: int) -> None:
    with pytest.raises(reader.Refused) as refused:
        reader.ask("code-in-picture", bombs.eyes(2600, module))
    assert refused.value.code in ("took-too-long", "no-code")


def test_a_picture_of_24_megapixels_in_four_colours_is_looked_through() -> None:
    with pytest.raises(reader.Refused) as refused:
        reader.ask("code-in-picture", bombs.colours())
    assert refused.value.code in ("no-code", "took-too-long")  # 0.8 s of a processor, where it is fast
    with pytest.raises(reader.Refused) as refused:
        reader.ask("code-in-picture", bombs.colours(25))
    assert refused.value.code == "too-many-pixels"


def test_yaml_of_a_billion_words_is_refused_at_its_first_anchor() -> None:
    with pytest.raises(DefinitionRefused) as refused:
        read_definition_text(bombs.aliases(), file="proposal.yaml")
    assert [problem.code for problem in refused.value.problems] == ["anchor"]


def test_yaml_of_brackets_alone_is_refused() -> None:
    with pytest.raises(DefinitionRefused) as refused:
        read_definition_text("[" * 100_000, file="proposal.yaml")
    assert [problem.code for problem in refused.value.problems] == ["too-deep"]


def test_a_workbook_is_no_table_however_large_it_unpacks() -> None:
    with pytest.raises(reader.Refused) as refused:
        reader.ask("read-table", bombs.workbook(50), delimiter=",")
    assert refused.value.code == "not-a-table"


def test_a_drawing_of_100_000_brackets_is_refused() -> None:
    for text in ("[" * 100_000, '{"a":' * 100_000):
        with pytest.raises(GeometryError):
            parse_line(text)


def test_the_library_still_gives_limits_to_set() -> None:
    assert "flate_max_memory" in pikepdf.settings.get_qpdf_limits()


PEAK = """
import json, sys
content = open(sys.argv[1], "rb").read()
def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


def _in_a_process(script: str, content: bytes) -> Any:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        command = [sys.executable, "-c", PEAK + script, file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT)
    return json.loads(done.stdout)
