"""Doors without a key: no sign-in, another applicant's objects, forms of other sites, ended sessions."""

import uuid
from http.cookies import SimpleCookie

import httpx

from tests.attack.browser import Browser
from tests.attack.ground import Ground
from tests.attack.tries import Tries, answered, kind
from tests.web.inputs.test_access import MATRIX, OPEN
from tests.web.inputs.test_broken_text import arguments_of, routes

PORTAL = "rukhsa.project.urls"
# What anyone may open: pages of the portal, signing in, the map's ground, what gateways and payers by a link get.
OPEN_TO_ALL = {f"portal:{name}" for name, row in MATRIX.items() if row["nobody"] == OPEN} | {
    "healthz", "web:language", "web:text-size", "capacity", "welcome", "session",
    "web:ground-facts", "web:ground-shapes", "web:ground-at", "web:ground-find", "web:ground-picture",
    "web:ground-tile", "sign-in", "sign-in-again", "sign-in-refused", "sign-in-unproven",
    "openid_connect_login", "openid_connect_callback", "socialaccount_login_cancelled", "socialaccount_login_error",
    "socialaccount_signup", "account_logout", "account_login", "account_inactive", "account_reauthenticate",
    "mfa_login_webauthn", "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "api:notified", "api:returned", "api:returned-by-link",
}  # fmt: skip
OF_SOMEBODY = (
    "", "questions/home", "documents", "review", "pay", "pay/checking", "document", "document/file", "withdraw",
    "deposit-account", "renew", "anew",
)  # fmt: skip


def signed_in_paths() -> list[str]:
    """Every path of portal and desk that is not open to all, with something in each part."""
    from django.urls import reverse

    closed = [(pattern, name) for pattern, name in routes(PORTAL) if name not in OPEN_TO_ALL]
    return sorted({reverse(name, kwargs=arguments_of(pattern)) for pattern, name in closed})


@kind(
    tried="every page and act of portal and desk that is not open to all, got and posted without a sign-in",
    must="sent to the sign-in, or refused", tries=2 * len(signed_in_paths()), controls=3, since="security: roles",
)  # fmt: skip
def without_sign_in(ground: Ground) -> Tries:
    browser = ground.stranger()
    for path in signed_in_paths():
        got = browser.get(path)
        yield answered(f"GET {path}", got, must="sign-in", holds=_shut(got))
        sent = browser.post(path, {"text": "x"})
        yield answered(f"POST {path}", sent, must="sign-in", holds=_shut(sent))
    for path in ("/", "/desk/sign-in", "/services/proof-of-residence"):
        page = browser.get(path)
        yield answered(f"GET {path}", page, must="opened", holds=page.status_code == 200, control=True)


def _shut(answer: httpx.Response) -> bool:
    sent_away = answer.status_code == 302 and "/sign-in" in answer.headers["Location"]
    return sent_away or answer.status_code in (400, 401, 403, 404, 405)


@kind(
    tried="another applicant, and an applicant at the desk: each page and file of Layla's by its address",
    must="absent, or refused", tries=57, controls=10, since="security: IDOR",
)  # fmt: skip
def of_others(ground: Ground) -> Tries:
    george, layla = ground.browser_of(ground.george), ground.browser_of(ground.layla)
    for application in (ground.draft, ground.waiting["CAP"], ground.documents["CAP"].application):
        for page in OF_SOMEBODY:
            path = f"/applications/{application}/{page}"
            yield answered(f"George: GET {path}", george.get(path), must="absent")
    own = f"/applications/{ground.documents['CAP'].application}/"
    for page in ("", "document", "document/file"):
        answer = layla.get(own + page)
        yield answered(f"Layla: {page}", answer, must="opened", holds=answer.status_code == 200, control=True)
    objects = ground.scene()["objects"]["CAP"]
    file = f"/files/{objects['file']}"
    yield answered("George: Layla's file", george.get(file), must="absent")
    yield answered("George: takes it away", george.post(f"{file}/remove"), must="absent")
    yield answered(
        "Layla: her file", layla.get(file), must="opened", holds=layla.get(file).is_success, control=True
    )
    acts = {
        f"documents/{ground.slot}": {}, "review": {"confirm": "yes"}, "withdraw": {"confirmed": "yes"},
        "pay": {"gateway": "national"}, "pay/link": {}, "questions/home": {"on": "1"}, "renew": {}, "anew": {},
    }  # fmt: skip
    for act, form in acts.items():
        path = f"/applications/{ground.draft}/{act}"
        yield answered(f"George: POST {path}", george.post(path, form), must="absent")
    paths = (
        "queue/", f"applications/{objects['application']}/", f"files/{objects['file']}", "journal/", "staff/",
        "money/",
    )  # fmt: skip
    for path in paths:
        answer = layla.get(f"/desk/{path}")
        holds = answer.status_code in (302, 403, 404)
        yield answered(f"Layla: /desk/{path}", answer, must="refused", holds=holds)
    for path in ("take", "decide", "check/completeness", "return", "propose"):
        answer = layla.post(f"/desk/applications/{objects['application']}/{path}", {"outcome": "granted"})
        yield answered(f"Layla: {path}", answer, must="refused", holds=answer.status_code in (302, 403, 404))
    yield from _own_doors(ground, layla)


def _own_doors(ground: Ground, layla: Browser) -> Tries:
    objects, salem = ground.scene()["objects"]["CAP"], ground.browser_of(ground.salem)
    for path in ("queue/", f"applications/{objects['application']}/", f"files/{objects['file']}"):
        page = salem.open(f"/desk/{path}")
        yield answered(f"Salem: {path}", page, must="opened", holds=page.status_code == 200, control=True)
    for path in ("/applications/", "/documents/", "/money/"):
        page = layla.get(path)
        yield answered(f"Layla: {path}", page, must="opened", holds=page.status_code == 200, control=True)


@kind(
    tried="acts of people who are signed in, sent from another site: no token, one of another browser, another origin",
    must="403, and nothing is done", tries=40, controls=2, since="security: CSRF",
)  # fmt: skip
def other_sites(ground: Ground) -> Tries:
    objects = ground.scene()["objects"]["CAP"]
    application = objects["application"]
    stranger = ground.stranger().token()
    layla, salem = ground.browser_of(ground.layla), ground.browser_of(ground.salem)
    acts = [
        (salem, f"/desk/applications/{application}/{act}")
        for act in ("take", "hand-over", "check/completeness", "return", "decide")
    ]
    acts += [(salem, "/desk/account/password"), (salem, "/desk/search")]
    acts += [
        (layla, f"/applications/{ground.draft}/{act}")
        for act in ("review", "withdraw", f"documents/{ground.slot}")
    ]
    for browser, path in acts:
        own = browser.token()
        for what, headers in {
            "no token": {"Referer": ground.portal + path},
            "a stranger's token": {"X-CSRFToken": stranger[::-1], "Referer": ground.portal + path},
            "another origin": {"X-CSRFToken": own, "Origin": "https://elsewhere.example"},
            "the origin null": {"X-CSRFToken": own, "Origin": "null"},
        }.items():
            answer = browser.client.post(path, data={"reason": "x"}, headers=headers)
            yield answered(f"{path}: {what}", answer, must="403", holds=answer.status_code == 403)
    for browser, path, form in (
        (salem, "/desk/search", {"wanted": "Layla"}),
        (layla, "/text-size", {"size": "large"}),
    ):
        answer = browser.post(path, form)
        yield answered(path, answer, must="done", holds=answer.status_code in (200, 302), control=True)


@kind(
    tried="cookies of sessions: made up, of another kind, signed out, cut; those of a person whose post ended",
    must="sent to the sign-in", tries=13, controls=2, since="security 6",
)  # fmt: skip
def sessions(ground: Ground) -> Tries:
    name = "rukhsa-session"
    genuine = ground.salem.visitor.cookies[name]
    for value in (
        "",
        "x",
        "0" * 32,
        genuine[:-1],
        genuine + "0",
        genuine.upper(),
        genuine[::-1],
        f'"{genuine}',
        str(uuid.uuid4()),
    ):
        answer = Browser(ground.portal, {name: value}).get("/desk/queue/")
        yield answered(f"session {value[:12]!r}", answer, must="sign-in", holds=_shut(answer))
    salem = Browser(ground.portal, {name: genuine})
    page = salem.get("/desk/queue/")
    yield answered("the genuine one", page, must="opened", holds=page.status_code == 200, control=True)
    people = ground.scene()["people"]
    leaving, dismissed = (
        people[f"officer.cap-{role}.cap-supervisor.muh"] for role in ("auditor", "inspector")
    )
    browser = Browser(ground.portal, leaving["cookies"])
    page = browser.get("/desk/queue/")
    yield answered("before signing out", page, must="opened", holds=page.status_code == 200, control=True)
    browser.post("/sign-out")
    for path in ("/desk/queue/", "/desk/account/"):
        again = Browser(ground.portal, leaving["cookies"]).get(path)
        yield answered(f"signed out: {path}", again, must="sign-in", holds=_shut(again))
    ground.dismiss(dismissed["pk"])
    again = Browser(ground.portal, dismissed["cookies"]).get("/desk/queue/")
    yield answered("post ended", again, must="sign-in", holds=_shut(again))
    for path in ("/desk/queue/",):
        fixed = Browser(ground.portal, {name: "a" * 32})
        fixed.post("/desk/sign-in", {"login": "salem@mun.example", "password": "x" * 20})
        given = SimpleCookie(fixed.get(path).headers.get("Set-Cookie", ""))
        answer = fixed.get(path)
        holds = _shut(answer) and (name not in given or given[name].value != "a" * 32)
        yield answered("a session chosen by another", answer, must="not taken over", holds=holds)
