"""The list of attacks is what `make attack` tries; nothing is attacked here."""

from tests.attack import every, page
from tests.attack.tries import Outcome, answered, judged


def test_the_page_says_what_is_tried() -> None:
    assert page.PAGE.read_text("utf-8") == page.written()


def test_there_are_at_least_as_many_tries_as_were_promised() -> None:
    assert sum(each.tries for each in every.KINDS.values()) >= 400


def test_a_failure_is_an_error_of_ours_and_a_success_is_through() -> None:
    """The negative control of the counting."""
    import httpx

    def came(status: int, text: str = "", **headers: str) -> Outcome:
        told = {"Content-Type": "text/html"} | {
            name.replace("_", "-"): each for name, each in headers.items()
        }
        return answered("x", httpx.Response(status, text=text, headers=told), must="refused").outcome

    assert [came(status) for status in (200, 302, 400, 403, 404, 422, 429, 500, 502, 503)] == [
        *("through", "through", "held", "held", "held", "held", "held"), *("error of ours",) * 3,
    ]  # fmt: skip
    assert came(503, Retry_After="60") is Outcome.HELD
    assert came(404, "Traceback (most recent call last)") is Outcome.ERROR
    assert judged("x", "y", must="z", holds=False).outcome is Outcome.THROUGH
