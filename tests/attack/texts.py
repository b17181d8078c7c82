"""Text that is none at every door of both sites, and words that mean something to some program."""

from urllib.parse import quote

import httpx

from tests.attack.browser import Browser
from tests.attack.ground import Ground
from tests.attack.tries import Tries, Try, answered, kind
from tests.web.inputs.nasty import STRINGS
from tests.web.inputs.test_broken_text import (
    ENCODED,
    PARTS,
    PORTAL,
    WRITTEN,
    _takes_bytes,
    arguments_of,
    routes,
)

VERIFIER = "rukhsa.project.urls_public"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


def doors() -> list[str]:
    """Every path of the portal that reads text."""
    from django.urls import reverse

    found = {
        reverse(name, kwargs=arguments_of(pattern))
        for pattern, name in routes(PORTAL)
        if not _takes_bytes(pattern)
    }
    return sorted(found)


@kind(
    tried="NUL, halves of characters, bytes that are not UTF-8 and overlong ones: in query, form, parts, JSON"
    " and cookies"
    " of every page of the portal, one kind of each in turn",
    must="400",
    tries=5 * len(doors()),
    controls=2,
    since="security 11, inputs 5",
)
def broken_text(ground: Ground) -> Tries:
    browser = ground.browser_of(ground.salem)
    encoded, written, parts = list(ENCODED.values()), list(WRITTEN.values()), list(PARTS.values())
    for number, path in enumerate(doors()):
        text, told, part = (many[number % len(many)] for many in (encoded, written, parts))
        multipart = b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n' + part + b"\r\n--x--\r\n"
        sent = {
            "query": browser.get(f"{path}?q={text}"),
            "form": _raw(browser, path, f"q={text}".encode(), FORM),
            "name": _raw(browser, path, f"{text}=1".encode(), FORM),
            "JSON": _raw(browser, path, b'{"number": %s}' % told, JSON),
            "parts": _raw(browser, path, multipart, {"Content-Type": "multipart/form-data; boundary=x"}),
        }
        for where, answer in sent.items():
            yield answered(f"{path} {where}", answer, must="400", holds=answer.status_code == 400)
    for path in ("/desk/queue/?show=%D8%A3", "/?q=%F0%9F%91%A9"):
        page = browser.get(path)
        yield answered(path, page, must="taken", holds=page.status_code == 200, control=True)


def _raw(browser: Browser, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    referer = {"Referer": browser.site + path, "X-CSRFToken": browser.token()}
    return browser.client.post(path, content=body, headers=headers | referer)


@kind(
    tried="the same at the verifier: its pages, its interface, its files, and in cookies",
    must="400, 404 or 405", tries=116, controls=0, since="security 11, inputs 5",
)  # fmt: skip
def broken_text_asked(ground: Ground) -> Tries:
    for path in ("/", "/number", "/file", "/en/", "/en/number", "/verdict", "/manifest.json", "/sw.js"):
        for what, text in ENCODED.items():
            browser = ground.asker()
            yield answered(f"{path} {what}", browser.get(f"{path}?q={text}"), must="400")
            yield answered(
                f"{path} form {what}", _plain(browser, path, f"number={text}".encode(), FORM), must="400"
            )
    for what, told in WRITTEN.items():
        yield answered(
            f"JSON {what}", _plain(ground.asker(), "/verdict", b'{"number": %s}' % told, JSON), must="400"
        )


def _plain(browser: Browser, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    return browser.client.post(path, content=body, headers=headers)


@kind(
    tried="scripts, SQL, templates, formats, entities, formulas, depth, numbers that are none: typed into a question, a"
    " search and the verifier's form",
    must="asked again, or shown as text; nothing is run", tries=3 * len(STRINGS), controls=1, since="security: holds",
)  # fmt: skip
def words(ground: Ground) -> Tries:
    layla, salem = ground.browser_of(ground.layla), ground.browser_of(ground.salem)
    page = ground.layla.visitor.open(f"{ground.portal}/applications/{ground.draft}/review")
    section = next(
        link.get("href") for link in page.document.cssselect("a[href*='/questions/']")
    ).partition("#")[0].partition("?")[0]  # fmt: skip
    for name, text in STRINGS.items():
        form = {"home.building": text, "home.road": text, "home.block": text, "tenure": text, "on": "1"}
        yield _as_text(f"question: {name}", text, layla.post(section, form))
        yield _as_text(f"search: {name}", text, salem.post("/desk/search", {"wanted": text}))
        asked = ground.asker().client.post("/number", data={"number": text, "code": text})
        yield _as_text(f"number: {name}", text, asked)
    found = salem.post("/desk/search", {"wanted": "Layla"})
    yield answered("search: Layla", found, must="found", holds="CAP-" in found.text, control=True)


def _as_text(sent: str, text: str, answer: httpx.Response) -> Try:
    run = "<script>alert(1)" in answer.text or "<img src=x" in answer.text
    computed = text.startswith("{{") and ">49<" in answer.text
    split = "x=1" in answer.headers.get("Set-Cookie", "")
    holds = not (run or computed or split) and answer.status_code < 500
    return answered(sent, answer, must="text", holds=holds)


@kind(
    tried="addresses that lead out: redirects, other hosts, folders above, ends of lines, schemes",
    must="refused, or one of our own pages", tries=69, controls=3, since="security: holds",
)  # fmt: skip
def addresses(ground: Ground) -> Tries:
    browser, salem = ground.stranger(), ground.browser_of(ground.salem)
    away = (
        "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "https:elsewhere.example",
        "javascript:alert(1)", "\t//elsewhere.example", "/%0d%0aSet-Cookie:%20x=1", "http:///elsewhere.example",
        "///elsewhere.example", "data:text/html,x", "https://127.0.0.1@elsewhere.example/", "/..//elsewhere.example",
    )  # fmt: skip
    for target in away:
        for path in ("/language", "/text-size"):
            answer = browser.post(path, {"language": "en", "size": "large", "next": target})
            yield _at_home(f"{path} next={target!r}", answer)
        answer = browser.get(f"/desk/sign-in?next={quote(target)}")
        yield _at_home(f"sign-in next={target!r}", answer)
    for host in (
        "elsewhere.example", "127.0.0.1:1", "127.0.0.1@elsewhere.example", "x" * 300, "a b", "[::1", "",
    ):  # fmt: skip
        answer = ground.stranger().get("/desk/sign-in", headers={"Host": host})
        holds = "elsewhere" not in answer.text or answer.status_code == 400
        yield answered(f"Host: {host[:30]!r}", answer, must="400, or ours", holds=holds)
    for path in (
        "/static/../../etc/passwd", "/static/..%2f..%2f..%2fetc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../settings.py", "/status/..%2f..%2fkeys/index.json", "/log/capital/%2e%2e/%2e%2e/keys/index.json",
        "/keys/index.json", "/root-secret.pem", "/.git/config", "/assets/..%5c..%5cwindows", "/static//etc/passwd",
        "/trust-list.jws/..%2f..%2f", "/log/capital/.checkpoint",
    ):  # fmt: skip
        for site in (ground.asker(), ground.stranger()):
            answer = site.get(path)
            holds = answer.status_code in (301, 302, 400, 403, 404) and "root:" not in answer.text
            yield answered(f"{site.site[-5:]}{path}", answer, must="absent", holds=holds)
    for site, path in (
        (ground.asker(), "/trust-list.jws"),
        (salem, "/desk/queue/"),
        (browser, "/desk/sign-in"),
    ):
        answer = site.get(path)
        yield answered(path, answer, must="opened", holds=answer.status_code == 200, control=True)


def _at_home(sent: str, answer: httpx.Response) -> Try:
    where = answer.headers.get("Location", "")
    ours = not where or (where.startswith("/") and not where.startswith(("//", "/\\")))
    local = ours or where.startswith(("http://127.0.0.1",))
    cookies = "x=1" in answer.headers.get("Set-Cookie", "")
    return answered(sent, answer, must="at home", holds=local and "@elsewhere" not in where and not cookies)


@kind(
    tried="pages and files with personal data, of applicants and of the desk: what a browser and a proxy may"
    " keep and run",
    must="no-store, a policy for scripts, no guessing of types, no framing",
    tries=27,
    controls=1,
    since="security 13",
)
def headers(ground: Ground) -> Tries:
    for browser, paths in _private_pages(ground).items():
        for path in paths:
            answer = browser.open(path)
            told = answer.headers
            held = "no-store" in told.get("Cache-Control", "") and "Content-Security-Policy" in told
            holds = answer.status_code == 200 and held and told.get("X-Content-Type-Options") == "nosniff"
            yield answered(f"{path}: {told.get('Cache-Control')}", answer, must="no-store", holds=holds)
    for path in ("/", "/desk/sign-in", "/services/proof-of-residence"):
        told = ground.stranger().get(path).headers
        policy = told["Content-Security-Policy"]
        framed = "frame-ancestors 'self'" in policy or "frame-ancestors 'none'" in policy
        yield answered(f"{path} in a frame", ground.stranger().get(path), must="not framed", holds=framed)
    yield from _cookie(ground)
    leaving = ground.scene()["people"]["auditor.cap-auditor.muh"]
    answer = Browser(ground.portal, leaving["cookies"]).post("/sign-out")
    yield answered("sign-out", answer, must="Clear-Site-Data", holds="Clear-Site-Data" in answer.headers)
    public = ground.asker().get("/trust-list.jws")
    holds = "max-age" in public.headers["Cache-Control"]
    yield answered("the trust list", public, must="kept", holds=holds, control=True)


def _private_pages(ground: Ground) -> dict[Browser, tuple[str, ...]]:
    objects = ground.scene()["objects"]["CAP"]
    own = f"/applications/{ground.documents['CAP'].application}"
    return {
        ground.browser_of(ground.layla): (
            "/applications/",
            f"{own}/",
            f"{own}/document",
            f"{own}/document/file",
            "/money/",
            "/documents/",
            f"/applications/{ground.draft}/review",
            f"/files/{objects['file']}",
            f"/applications/{ground.draft}/documents",
        ),
        ground.browser_of(ground.salem): (
            "/desk/keys",
            "/desk/queue/",
            f"/desk/applications/{objects['application']}/",
            f"/desk/instruments/{objects['instrument']}/",
            f"/desk/files/{objects['file']}",
            "/desk/account/",
            "/desk/stalled/",
            "/desk/places/",
            "/desk/money/",
            "/desk/instruments/",
        ),
    }


def _cookie(ground: Ground) -> Tries:
    sent = {"login": "salem@mun.example", "password": "salem-of-the-town"}
    answer = ground.stranger().post("/desk/sign-in", sent)
    cookies = [each for each in answer.headers.get_list("Set-Cookie") if each.startswith("rukhsa-session")]
    for mark in ("HttpOnly", "SameSite=Lax", "Path=/"):
        holds = bool(cookies) and all(mark in each for each in cookies)
        yield answered(f"rukhsa-session: {mark}", answer, must=mark, holds=holds)
    holds = not any("omain=" in each for each in cookies)
    yield answered("rukhsa-session: no domain", answer, must="this host", holds=holds)
