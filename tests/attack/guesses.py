"""Guessing: numbers and codes of documents, passwords and one-time codes, links, by one and by many."""

import re
import secrets
import uuid
from datetime import UTC, datetime

import httpx

from rukhsa_rehearsal.cast import CAST
from rukhsa_rehearsal.known_secrets import code_of
from tests.attack.browser import Browser
from tests.attack.ground import Ground
from tests.attack.tries import Tries, Try, answered, judged, kind

MARIAM = next(each for each in CAST if each.email.startswith("mariam@"))
YUSUF = next(each for each in CAST if each.email.startswith("yusuf@"))
NOOR = next(each for each in CAST if each.email.startswith("noor@"))
WRONG = "not the password of anybody"


@kind(
    tried="numbers of documents with no code, wrong codes, codes of other documents, near misses, other letters",
    must="not found, and the same answer as for a number that does not exist",
    tries=62,
    controls=2,
    since="security: holds",
)
def numbers(ground: Ground) -> Tries:
    ours, other = ground.documents["CAP"], ground.documents["MUH"]
    genuine = ground.ask({"number": ours.number, "code": ours.code})
    word = genuine.json().get("word")
    yield judged("the number with its code", str(word), must="valid", holds=word == "valid", control=True)
    spaced = ground.ask({"number": ours.number.lower(), "code": ours.code})
    yield judged(
        "in small letters", spaced.text[:30], must="found", holds=spaced.status_code == 200, control=True
    )
    absent = ground.ask({"number": "CAP-PR-2026-999999-9", "code": ours.code}).text
    code = ours.code
    wrong = [
        "", "A", other.code, code[::-1], code[:-1], code + "A", "0" * 16, "%", "*", "' OR 1=1 --", code[:8],
        "x" * 999,
    ]  # fmt: skip
    wrong += [_another(code, place) for place in range(len(code)) if code[place].isalnum()]
    for guess in wrong:
        yield _absent(f"code {guess[:20]!r}", ground.ask({"number": ours.number, "code": guess}), absent)
    near = [re.sub(r"[0-9]{6}", f"{number:06}", ours.number, count=1) for number in range(2, 22)]
    near += [
        other.number, "", " ", "CAP", ours.number[:-1], f"{ours.number}0", "%", "_" * 20, "*", "x" * 999, "-1", "0",
    ]  # fmt: skip
    for number in near:
        yield _absent(f"number {number[:24]!r}", ground.ask({"number": number, "code": code}), absent)
    pages = {"no code": {"number": ours.number}, "a wrong one": {"number": ours.number, "code": "AAAA"}}
    for what, form in pages.items():
        page = ground.asker().client.post("/number", data=form)
        yield answered(
            f"the page, {what}", page, must="no verdict", holds='data-word="valid"' not in page.text
        )


def _another(code: str, place: int) -> str:
    return code[:place] + ("2" if code[place] != "2" else "3") + code[place + 1 :]


def _absent(sent: str, answer: httpx.Response, absent: str) -> Try:
    same = answer.status_code == httpx.codes.NOT_FOUND and answer.text == absent
    return answered(
        sent, answer, must="404, as an absent one", holds=same or answer.status_code in (400, 422)
    )


@kind(
    tried="more numbers in a minute from one address than anyone types, by the interface and by the page",
    must="429 from the 21st on; another address is answered", tries=40, controls=1, since="security: number guessing",
)  # fmt: skip
def numbers_flooded(ground: Ground) -> Tries:
    asker = ground.asker()
    came = [
        asker.client.post("/verdict", json={"number": f"CAP-PR-2026-{n:06}-1", "code": "x"})
        for n in range(60)
    ]
    # A minute may end meanwhile, and with it what was counted in it.
    for number, answer in enumerate(came[20:]):
        holds = answer.status_code in (404, 429) and sum(one.status_code == 404 for one in came) <= 40
        yield answered(f"the {number + 21}st", answer, must="429", holds=holds)
    other = ground.ask({"number": "CAP-PR-2026-000001-1", "code": "x"})
    yield answered("another address", other, must="404", holds=other.status_code == 404, control=True)


def signing_in(ground: Ground, login: str, password: str, browser: Browser | None = None) -> Browser:
    """A browser that was given the password; `came` is the answer."""
    browser = browser or ground.stranger()
    browser.post("/desk/sign-in", {"login": login, "password": password})
    return browser


def proof_is_asked(browser: Browser) -> bool:
    """Whether the password was right: the next page asks for the second proof."""
    return browser.get("/desk/sign-in/proof").status_code == httpx.codes.OK


def enters(browser: Browser, code: str) -> bool:
    """Whether the code opens the desk."""
    browser.post("/desk/sign-in/proof", {"code": code})
    return (
        browser.get("/desk/").status_code == 302
        and "/sign-in" not in browser.get("/desk/").headers["Location"]
    )


@kind(
    tried="passwords of officers: 12 from one address, 60 from as many addresses, 40 accounts from one"
    " address; names that"
    " do not exist; known passwords",
    must="refused; a wrong name and a wrong password look alike; the officer signs in meanwhile",
    tries=114,
    controls=3,
    since="security 6",
)
def passwords(ground: Ground) -> Tries:
    one = ground.stranger()
    for number in range(12):
        answer = one.post("/desk/sign-in", {"login": MARIAM.email, "password": f"{WRONG} {number}"})
        yield answered(
            f"one address, {number}", answer, must="refused", holds=answer.status_code in (200, 422, 429)
        )
    right = one.post("/desk/sign-in", {"login": MARIAM.email, "password": MARIAM.password})
    holds = right.status_code != 302
    yield answered("the right one after twelve wrong ones", right, must="slowed down", holds=holds)
    for number in range(60):
        answer = ground.stranger().post(
            "/desk/sign-in", {"login": MARIAM.email, "password": f"{WRONG} {number}"}
        )
        yield answered(
            f"many addresses, {number}", answer, must="refused", holds=answer.status_code in (200, 422, 429)
        )
    many = ground.stranger()
    for number in range(40):
        answer = many.post("/desk/sign-in", {"login": f"nobody{number}@mun.example", "password": WRONG})
        yield answered(
            f"many accounts, {number}", answer, must="refused", holds=answer.status_code in (200, 422, 429)
        )
    known = [
        ground.stranger().post("/desk/sign-in", {"login": name, "password": WRONG}).text
        for name in (YUSUF.email, "nobody@mun.example")
    ]
    alike = _without_tokens(known[0]).replace(YUSUF.email, "") == _without_tokens(known[1]).replace(
        "nobody@mun.example", ""
    )
    yield judged(
        "a name that is there and one that is not", "alike" if alike else "differ", must="alike", holds=alike
    )
    yield from _right_passwords(ground)


def _right_passwords(ground: Ground) -> Tries:
    for member in (MARIAM, YUSUF, NOOR):
        opened = proof_is_asked(signing_in(ground, member.email, member.password))
        what = f"{member.email} with the password"
        yield judged(what, str(opened), must="asked for the proof", holds=opened, control=True)


def _without_tokens(page: str) -> str:
    return re.sub(r'(value|nonce)="[^"]{20,}"', "", page)


@kind(
    tried="one-time codes: wrong, of another officer, of other moments, of no digits, the same one twice in"
    " two browsers,"
    " and the desk with a password alone",
    must="refused",
    tries=38,
    controls=1,
    since="security 6",
)
def one_time_codes(ground: Ground) -> Tries:
    now = datetime.now(UTC)
    right = code_of(YUSUF.email, at=now)
    first, second = (signing_in(ground, YUSUF.email, YUSUF.password) for _ in range(2))
    for path in (
        "/desk/",
        "/desk/queue/",
        "/desk/inspections/",
        "/desk/proofs/",
        "/desk/account/",
        "/desk/proofs/passkeys/add",
    ):
        answer = first.get(path)
        where = answer.headers.get("Location", "").partition("?")[0]
        holds = answer.status_code == 403 or where.startswith("/desk/sign-in")
        yield answered(f"a password alone: {path}", answer, must="shut", holds=holds)
    opened = enters(first, right)
    yield judged("the right code", str(opened), must="opens", holds=opened, control=True)
    yield judged("the same code in another browser", "", must="refused", holds=not enters(second, right))
    for guess in (
        "", "0", "000000", "999999", right[::-1], f"{right}0", right[:5], " ", "١٢٣٤٥٦", "12345a", "-12345", "1e5",
        code_of(MARIAM.email, at=now), code_of(YUSUF.email, at=datetime(2020, 1, 1, tzinfo=UTC)), "' OR 1=1 --",
    ):  # fmt: skip
        browser = signing_in(ground, YUSUF.email, YUSUF.password)
        if guess == right:  # as when it reads the same backwards
            guess = "000001"
        yield judged(f"code {guess!r}", "", must="refused", holds=not enters(browser, guess))
    for number in range(16):
        browser = signing_in(ground, NOOR.email, NOOR.password)
        guess = f"{secrets.randbelow(10**6):06}"
        soon = {
            code_of(NOOR.email, at=datetime.fromtimestamp(now.timestamp() + 30 * n, UTC))
            for n in range(-3, 12)
        }
        guess = "000002" if guess in soon and "000002" not in soon else guess
        yield judged(f"guess {number}", "", must="refused", holds=guess in soon or not enters(browser, guess))


@kind(
    tried="links of invitations that were not made here: made up, cut, of another form; links to pay and of eKey",
    must="refused", tries=30, controls=0, since="security 6",
)  # fmt: skip
def links(ground: Ground) -> Tries:
    made_up = str(uuid.uuid4())
    tokens = (
        "x", made_up, f"{made_up}:x", f"{made_up}:abc:def", "e30:1:x", "a" * 500, "%00", "..", "'",
        f"{made_up}:{'A' * 43}",
    )  # fmt: skip
    for token in tokens:
        for answer in (
            ground.stranger().get(f"/desk/welcome/{token}"),
            ground.stranger().post(f"/desk/welcome/{token}", {"password": "four words nobody knows"}),
        ):
            holds = answer.status_code in (301, 400, 404, 405, 410) or "/sign-in" in answer.headers.get(
                "Location", ""
            )
            yield answered(f"welcome {token[:20]!r}", answer, must="refused", holds=holds)
    for path in (
        f"/pay/{made_up}", f"/pay/{made_up}/checking", "/sign-in/ekey/back", "/sign-in/ekey/back?code=x&state=y",
        "/sign-in/ekey/back?error=access_denied", "/sign-in/nobody/begin", "/sign-in/ekey/back?state=",
        "/sign-in/x/back", f"/gateways/national/back/{made_up}", "/capacity",
    ):  # fmt: skip
        answer = ground.stranger().get(path)
        signed = "rukhsa-session" in answer.headers.get(
            "Set-Cookie", ""
        ) and "/applications" in answer.headers.get("Location", "")
        holds = (answer.status_code in range(300, 500) and not signed) or (
            answer.status_code == 200 and "sign-out" not in answer.text
        )
        yield answered(path, answer, must="nobody signed in", holds=holds)
