"""Identity tokens: forged, of others, of other times; the sandbox's eKey answers with each."""

import httpx
from lxml import html

from rukhsa_rehearsal.sandbox.fault_modes import ON_TOKENS, TOKENS, WITHOUT_PROOF
from tests.attack.browser import Browser
from tests.attack.ground import Ground
from tests.attack.tries import Tries, answered, judged, kind

PERSON = "ekey-layla"


@kind(
    tried="identity tokens with every fault of the sandbox's eKey: no signature, another's, another issuer,"
    " audience, time, nonce, level or person; where the person was asked long ago or at no stated time, their own data",
    must="no one is signed in; no data without a new proof",
    tries=len(ON_TOKENS),
    controls=4,
    since="security 10",
)
def tokens(ground: Ground) -> Tries:
    yield judged("a genuine token", "", must="signed in", holds=_is_in(signed_in(ground, "")), control=True)
    for fault in ON_TOKENS:
        browser = signed_in(ground, fault)
        if fault in WITHOUT_PROOF:
            yield judged(f"{fault}: in", "", must="signed in", holds=_is_in(browser), control=True)
            answer = _ask_for_own_data(browser, ground)
            where = answer.headers.get("Location", "")
            yield answered(fault, answer, must="asked again", holds=where.startswith("/sign-in/again"))
        else:
            yield judged(fault, "", must="nobody signed in", holds=not _is_in(browser))
    yield judged("a genuine token", "", must="signed in", holds=_is_in(signed_in(ground, "")), control=True)


@kind(
    tried="the way back from eKey with what belongs to another browser: its state, its code, a code used twice, none",
    must="no one is signed in", tries=6, controls=1, since="security: OIDC state, PKCE and replay",
)  # fmt: skip
def ways_back(ground: Ground) -> Tries:
    mine, address = came_back(ground)
    mine.get(address)
    yield judged("one's own way back", "", must="signed in", holds=_is_in(mine), control=True)
    again = _browser(ground)
    again.get(address)
    yield judged("the same address in another browser", "", must="nobody", holds=not _is_in(again))
    _, of_another = came_back(ground)
    victim, own = came_back(ground)
    for what, target in {
        "another's whole address": of_another,
        "another's code with one's own state": _with(own, code=_part(of_another, "code")),
        "no state": _with(own, state=""),
        "another's state": _with(own, state=_part(of_another, "state")),
        "no code": _with(own, code=""),
    }.items():
        victim.get(target)
        yield judged(what, "", must="nobody", holds=not _is_in(victim))


def signed_in(ground: Ground, fault: str) -> httpx.Client:
    """A browser in which Layla came back from an eKey that answers with a fault."""
    if fault:
        httpx.post(
            f"{ground.sandbox}/control",
            json={"operation": TOKENS, "mode": fault, "times": 1},
            trust_env=False,
        )
    browser, address = came_back(ground)
    browser.get(address)
    httpx.post(f"{ground.sandbox}/control", trust_env=False)
    return browser


def _ask_for_own_data(browser: httpx.Client, ground: Ground) -> httpx.Response:
    return Browser(ground.portal, dict(browser.cookies)).post("/own/data/make")


def came_back(ground: Ground) -> tuple[httpx.Client, str]:
    """A browser that was at eKey, and the address at which it would come back."""
    browser = _browser(ground)
    page = browser.get("/sign-in", follow_redirects=True)
    tree = html.fromstring(page.text)
    if not tree.cssselect("button[name=person]"):
        form = tree.cssselect("form[action*='begin']")[0]
        page = browser.post(form.get("action"), data=dict(form.form_values()), follow_redirects=True)
    answer = httpx.post(str(page.url), data={"person": PERSON}, trust_env=False)
    return browser, answer.headers["Location"]


def _browser(ground: Ground) -> httpx.Client:
    return httpx.Client(base_url=ground.portal, trust_env=False, timeout=60, headers={"Accept": "text/html"})


def _is_in(browser: httpx.Client) -> bool:
    return browser.get("/applications/").status_code == httpx.codes.OK


def _part(address: str, name: str) -> str:
    return httpx.URL(address).params[name]


def _with(address: str, **params: str) -> str:
    return str(httpx.URL(address).copy_merge_params(params))
