"""A visitor with a browser, who opens pages, fills forms, keeps cookies and follows redirects."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx
from lxml import html

ASKS_AGAIN = 422  # the page is shown again with an error or another question

Files = Mapping[str, tuple[str, bytes, str]]  # field -> name, content, media type


class Lost(Exception):
    """A page does not have what the story needs."""


class Visitor:
    """A browser of one person, without JavaScript."""

    def __init__(self, name: str, language: str = "ar") -> None:
        self.name = name
        self._client = httpx.Client(
            follow_redirects=True, timeout=60, headers={"Accept-Language": language, "User-Agent": "story"}
        )

    def open(self, address: str) -> "Page":
        """The page at an address. Raises Lost if the server refuses."""
        return self._page(self._client.get(address))

    def send(self, form: "Form", button: str | None = None, files: Files | None = None) -> "Page":
        """Send a form with the button of that name or "name=value"."""
        fields = form.fields(button)
        if files:
            fields = {name: value for name, value in fields.items() if name not in files}
        if form.method == "GET":
            return self._page(self._client.get(form.address, params=fields))
        headers = {"Referer": form.page.address}
        answer = self._client.post(
            form.address, data=fields, files=dict(files or {}) or None, headers=headers
        )
        return self._page(answer)

    def download(self, address: str) -> bytes:
        """The bytes at an address."""
        answer = self._client.get(address)
        answer.raise_for_status()
        return answer.content

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies, with which another browser is signed in too."""
        return dict(self._client.cookies)

    def leave(self) -> None:
        """Close the browser: every cookie is gone."""
        self._client.cookies.clear()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _page(self, answer: httpx.Response) -> "Page":
        page = Page(address=str(answer.url), status=answer.status_code, source=answer.text)
        if answer.status_code >= 400 and answer.status_code != ASKS_AGAIN:
            raise Lost(
                f"{self.name}: {answer.request.method} {answer.url} gave {answer.status_code}: {page.text[:600]}"
            )
        return page


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page as the server sent it."""

    address: str
    status: int
    source: str

    @property
    def document(self) -> html.HtmlElement:
        """The page parsed."""
        return html.fromstring(self.source or "<html><body></body></html>")

    @property
    def text(self) -> str:
        """The visible text, on one line."""
        body = self.document.find("body")
        return " ".join(str((self.document if body is None else body).text_content()).split())

    def form(self, selector: str = "main form") -> "Form":
        """The first form that a CSS selector finds."""
        found = self.document.cssselect(selector)
        if not found:
            raise Lost(f"no form {selector!r} on {self.address}: {self.text[:600]}")
        return Form(self, found[0])

    def has(self, selector: str) -> bool:
        """Whether a CSS selector finds anything."""
        return bool(self.document.cssselect(selector))

    def read(self, selector: str) -> str:
        """The text of the first element that a CSS selector finds."""
        found = self.document.cssselect(selector)
        if not found:
            raise Lost(f"nothing {selector!r} on {self.address}: {self.text[:600]}")
        return str(found[0].text_content()).strip()

    def link(self, selector: str) -> str:
        """The address of the first link that a CSS selector finds."""
        found = self.document.cssselect(selector)
        if not found:
            raise Lost(f"no link {selector!r} on {self.address}: {self.text[:600]}")
        return str(urljoin(self.address, found[0].get("href")))

    def link_in(self, selector: str, text: str) -> str | None:
        """The address of the link in the first element of `selector` that contains `text`, if there is one."""
        for element in self.document.cssselect(selector):
            if text in element.text_content():
                return str(urljoin(self.address, element.cssselect("a")[0].get("href")))
        return None


class Form:
    """A form being filled in."""

    def __init__(self, page: Page, element: html.HtmlElement) -> None:
        self.page = page
        self._element = element

    @property
    def address(self) -> str:
        """The address to which it is sent."""
        return str(urljoin(self.page.address, self._element.get("action") or self.page.address))

    @property
    def method(self) -> str:
        """GET or POST."""
        return str(self._element.get("method") or "GET").upper()

    @property
    def names(self) -> set[str]:
        """The names of its fields."""
        return {name for name in self._element.fields if name}

    @property
    def accept(self) -> str:
        """The kinds of file that its file field takes."""
        return " ".join(field.get("accept", "") for field in self._element.cssselect("input[type=file]"))

    def fill(self, **values: str | set[str]) -> "Form":
        """Fill fields and tick a set of boxes. Raises Lost for a missing field."""
        return self.fill_in(values)

    def fill_in(self, values: Mapping[str, str | set[str]]) -> "Form":
        """Fill fields from a mapping."""
        for name, value in values.items():
            if name not in self.names:
                raise Lost(f"no field {name!r} on {self.page.address}; there are {sorted(self.names)}")
            self._element.fields[name] = value
        return self

    def fields(self, button: str | None) -> dict[str, list[str]]:
        """The fields that the browser sends, and the button that was pressed ("name=value")."""
        sent: dict[str, list[str]] = {}
        for name, value in self._element.form_values():
            if value is not None:
                sent.setdefault(name, []).append(value)
        if button:
            name, _, value = button.partition("=")
            sent[name] = [value]
        return sent
