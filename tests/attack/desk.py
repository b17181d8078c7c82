"""What the staff of a town in wrong hands, or their files, could do: old proofs, definitions, drawings, registers."""

import csv
import io
import tempfile
from pathlib import Path

import httpx

from rukhsa_rehearsal.story.plots import plots
from tests.attack.browser import Browser
from tests.attack.ground import Ground
from tests.attack.tries import Tries, answered, judged, kind
from tests.rooms.catalogue.broken import text_of
from tests.rooms.reader import bombs

OFFICER = "officer.cap-officer.muh"
REASON = {"reason": "سبب", "confirmed": "yes", "text": "سبب"}


@kind(
    tried="acts that matter most, with a session whose proof is an hour old: revoking, suspending, staff, the"
    " security log,"
    " passwords, money",
    must="the proof is asked for once more and nothing is done",
    tries=13,
    controls=2,
    since="security: step-up",
)
def old_proofs(ground: Ground) -> Tries:
    scene = ground.scene()
    objects, stale = scene["objects"]["MUH"], scene["stale"]
    other = scene["people"][OFFICER]["pk"]
    acts = [
        ("supervisor", f"instruments/{objects['instrument']}/{act}")
        for act in ("revoke", "suspend", "reinstate")
    ]
    acts += [("administrator", f"staff/{other}/{act}") for act in ("give", "reset", "sign-out", "end")]
    acts += [
        ("administrator", "staff/invite"),
        ("security-officer", "security/file"),
        ("supervisor", "account/password"),
    ]
    acts += [
        ("finance", f"attempts/{objects['attempt']}/ask"),
        ("officer", f"instruments/{objects['instrument']}/suspend"),
    ]
    for role, path in acts:
        browser = Browser(ground.portal, stale[role])
        answer = browser.post(f"/desk/{path}", REASON)
        asked = "/sign-in/again" in answer.headers.get("Location", "")
        yield answered(
            f"{role}: {path}", answer, must="asked for", holds=asked or answer.status_code in range(400, 430)
        )
    word = ground.ask_file(ground.documents["MUH"].pdf).json()["word"]
    yield judged("the document after all of these", word, must="valid", holds=word == "valid")
    fresh = Browser(ground.portal, scene["people"][OFFICER]["cookies"])
    for act in ("suspend", "suspend"):
        answer = fresh.post(f"/desk/instruments/{objects['instrument']}/{act}", REASON)
        done = answer.status_code in (200, 302, 422) and "/again" not in answer.headers.get("Location", "")
        yield answered(f"a fresh proof: {act}", answer, must="not asked for", holds=done, control=True)


DEFINITIONS = {
    "aliases of aliases": bombs.aliases(),
    "300 kB": "a: " + "x" * 300_000,
    "depth": "[" * 20_000,
    "maps in maps": "{a: " * 9_000,
    "a tag of Python": "!!python/object/apply:os.system ['id']",
    "a tag for a file": "!include /etc/passwd",
    "a merge of itself": "&a\n<<: *a",
    "an anchor of itself": "a: &a [*a]",
    "a duplicate": "service: a\nservice: b",
    "NUL": 'service: "a\\0b"',
    "a half of a character": 'service: "\\ud800"',
    "tabs": "\tservice: x",
    "numbers": "1: 2",
    "a date": "2020-01-01",
    "nothing": "",
    "a list": "- a",
    "two documents": "a: 1\n---\nb: 2",
    "binary": "!!binary aGVsbG8=",
    "infinity": "fee: .inf",
    "a huge number": "fee: " + "9" * 5000,
    "sexagesimal": "fee: 190:20:30",
    "a set": "!!set {a, b}",
    "a path as name": "service: ../../../etc/passwd",
    "HTML": "service: <script>alert(1)</script>",
    "a pattern without end": "pattern: (a+)+$",
    "Jinja": "name: {ar: '{{ 7*7 }}', en: '{% debug %}'}",
}
VIEWS = ("check", "form", "cost", "picture", "changes")


@kind(
    tried="texts of services that cost, that name tags, files, scripts and themselves: to the check of the"
    " desk and its views",
    must="told as problems, or refused, within seconds",
    tries=len(DEFINITIONS) * 2,
    controls=1,
    since="security: YAML",
)
def definitions(ground: Ground) -> Tries:
    browser = Browser(ground.portal, ground.scene()["people"][OFFICER]["cookies"])
    for number, (name, text) in enumerate(DEFINITIONS.items()):
        for view in ("check", VIEWS[1 + number % 4]):
            answer = browser.post(f"/desk/catalogue/{view}", {"__text": text})
            refused = answer.status_code in range(400, 430)
            told = view == "check" and answer.status_code == 200 and bool(answer.json()["problems"])
            seen = view != "check" and answer.status_code in (200, 204) and "root:" not in answer.text
            plain = "json" in answer.headers["Content-Type"] or "<script>alert(1)" not in answer.text
            yield answered(f"{name}, {view}", answer, must="told", holds=(refused or told or seen) and plain)
    answer = browser.post("/desk/catalogue/check", {"__text": text_of("road-works-licence")})
    holds = answer.status_code == 200 and not answer.json()["problems"]
    yield answered("the road works licence", answer, must="no problem", holds=holds, control=True)


DRAWINGS = (
    "",
    "x",
    "0, 0",
    "26.2235, 50.5876",
    "91, 181\n92, 182",
    "NaN, NaN\n1, 2",
    "1e309, 5\n2, 3",
    "-90, -180\n90, 180",
    "1,2,3\n4,5,6",
    '{"type":"LineString","coordinates":[]}',
    '{"type":"LineString","coordinates":[["a","b"],["c","d"]]}',
    "[" * 3000,
    '{"type":"GeometryCollection","geometries":[' * 900,
    '{"type":"Point","coordinates":[50.5,26.2]}',
    "null",
    "7",
    '"x"',
    '{"type":"LineString","coordinates":[[NaN,NaN],[1,2]]}',
    '{"type":null,"coordinates":null}',
    "1" + "0" * 400 + ", 5\n2, 3",
    "26.2235, 50.5876\n26.2235, 50.5876",
    "26.2235, 50.5876\n26.2236, 50.5877\n" * 3000,
    "' OR 1=1 --",
    "<svg onload=alert(1)>",
    '{"type":"Polygon","coordinates":[[[50.58,26.22],[50.59,26.22],[50.58,26.23]]]}',
    "\u200f26.2\u200f, 50.5\u200f\n1, 2",
    "a\u202eb",
    '{"type":"LineString","coordinates":[[50.58,26.22,1,2,3,4],[50.59,26.23]],"bbox":[0,0,0,0]}',
    "[[50.58, 26.22], [50.59]]",
    '{"type":"LineString","coordinates":' + "[[50.5876,26.2235]," * 4000 + "[1,2]]}",
    "26,2235 50,5876",
    "1/0, 1/0\n2, 2",
    "[[" + "9" * 400 + ",1],[2,3]]",
    "[[" + "9" * 10_000 + ",1],[2,3]]",
    "[[1e999,1],[2,3]]",
    "[[Infinity,1],[2,-Infinity]]",
    "[[true,false],[false,true]]",
    "[" * 30_000,
    '{"coordinates":' * 3_000,
    '{"type":"LineString","coordinates":{"0":[50.58,26.22]}}',
    '{"type":"LineString","coordinates":[[50.58,26.22],[50.59,26.23]],"coordinates":[]}',
    '{"type":"LineString","coordinates":' + "[[50.5876,26.2235]," * 60_000 + "[1,2]]}",
    '{"type":"LineString","coordinates":[' + "[50.0,26.0],[51.9,26.0]," * 240 + "[50.0,26.1]]}",
    "26.2235" + " " * 30_000 + "x",
)


@kind(
    tried="drawings of a route: GeoJSON and coordinates that are none, too many, too deep, not numbers, elsewhere",
    must="asked again (422)",
    tries=len(DRAWINGS),
    controls=1,
    since="inputs: GeoJSON",
)
def drawings(ground: Ground) -> Tries:
    from datetime import date

    plot = next(each for each in plots(date.today(), turn=7) if each.service == "road-works-licence")  # noqa: DTZ011
    page = ground.layla.start(plot.service)
    while "route" not in page.form("#section-form").names:
        form = page.form("#section-form")
        for question, answer in plot.answers.items():
            parts = answer if isinstance(answer, dict) else {"": answer}
            named = {f"{question}.{part}" if part else question: text for part, text in parts.items()}
            form.fill_in({name: text for name, text in named.items() if name in form.names})
        page = ground.layla.visitor.send(form, button="on=1")
    browser = ground.browser_of(ground.layla)
    fields = page.form("#section-form").fields("on=1")
    path = httpx.URL(page.form("#section-form").address).path
    for text in DRAWINGS:
        answer = browser.post(path, {**fields, "route": text})
        run = "<svg onload" in answer.text
        yield answered(
            f"{text[:40]!r}", answer, must="asked again", holds=answer.status_code in (413, 422) and not run
        )
    good = browser.post(path, {**fields, "route": str(plot.answers["route"])})
    told = good.status_code == 302 or "route" not in _faulty(good)
    yield answered("a route", good, must="taken", holds=told, control=True)


def _faulty(answer: httpx.Response) -> set[str]:
    from lxml import html

    found = html.fromstring(answer.text).cssselect(".ds-error-summary a")
    return {str(link.get("href")).rpartition("#")[2].removeprefix("id_").partition(".")[0] for link in found}


CELLS = (
    "../../../../esc",
    "GO-04/A/12",
    '=HYPERLINK("http://x")',
    "+1",
    "-1+2",
    "@SUM(1)",
    "\t=1",
    "a\rb",
    "\u202efdp.exe",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    '#let x = read("/etc/passwd")',
    "x" * 4000,
    "\ufeff",
    "%00",
    "PB-2019-9999\u200b",
    "|id",
)


@kind(
    tried="a register of paper whose cells are paths, formulas, scripts, marks of direction and too long: as"
    " numbers, kinds,"
    " holders and places; files that are no register",
    must="the row is refused with its reason, or its text stays text; nothing is written elsewhere",
    tries=len(CELLS) * 2 + 4,
    controls=1,
    since="inputs 3, 8",
)
def registers(ground: Ground) -> Tries:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rows = [[cell, "رخصة بناء", "شركة", "مبنى 88", "2019", "11"] for cell in CELLS]
        rows += [[f"PB-2019-{8000 + n}", cell, cell, cell, "2019", "11"] for n, cell in enumerate(CELLS)]
        rows += [["PB-2019-7000", "رخصة بناء", "شركة الخليج", "مبنى 88 طريق 2413 مجمع 324", "2019", "11"]]
        said, told = _imported(ground, folder, _csv(rows))
        report = folder / "report.csv"
        lines = list(csv.reader(report.open(encoding="utf-8", newline=""))) if report.exists() else []
        for number, row in enumerate(rows[:-1], start=2):
            about = [cells for cells in lines if str(number) in cells[:2]]
            live = [cell for cells in about for cell in cells if cell.startswith(("=", "+", "@", "\t"))]
            written = Path("/esc").exists() or (folder.parent / "esc").exists()
            holds = said == 0 and not live and not written
            yield judged(
                f"row {number}: {row[0][:20]!r}", f"{len(about)} lines told", must="inert", holds=holds
            )
        found = "1 imported" in told or ("imported" in told and said == 0)
        yield judged(
            "the good row beside them", told.strip()[:70], must="imported", holds=found, control=True
        )
        paper = ground.ask({"number": "PB-2019-7000", "code": ""})
        genuine = "valid" in (paper.json().get("word"),) or "genuine" in paper.text.replace("not genuine", "")
        yield answered("the number of a paper permit", paper, must="never genuine", holds=not genuine)
        for name, content in {
            "a workbook": b"PK\x03\x04" + bytes(900), "bytes": bytes(range(256)) * 9,
            "a cell of 2 MB": b"number,kind\n" + b"x" * 2_000_000,
        }.items():  # fmt: skip
            code, text = _imported(ground, folder, content)
            yield judged(
                name, text.strip()[-70:], must="refused in words", holds=code == 1 and "Traceback" not in text
            )


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["number", "kind", "holder", "place", "year", "month"], *rows])
    return out.getvalue().encode()


def _imported(ground: Ground, folder: Path, content: bytes) -> tuple[int, str]:
    register = folder / "register.csv"
    register.write_bytes(content)
    mapping = ground.world.config.territory_folder / "legacy/paper-permits.mapping.yaml"
    ended = ground.child(
        "-m", "rukhsa.project.command", "legacy", "import", str(register), "--mapping", str(mapping),
        "--report", str(folder / "report.csv"),
    )  # fmt: skip
    return ended.returncode, (ended.stdout + ended.stderr).decode(errors="replace")
