"""A person who follows every link of the pages, one page of a kind, and notes those that do not answer."""

import re
from collections import deque
from urllib.parse import urljoin, urlsplit

from lxml import html

from rukhsa_rehearsal.story.applicant import Applicant
from rukhsa_rehearsal.story.staff_member import Staff
from rukhsa_rehearsal.story.visitor import Lost, Visitor

# Numbers and names in an address.
VARIES = re.compile(r"\d+|[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/services/)[a-z-]+|(?<=/governorates/)[a-z]+|=[^&]*")


def followed(portal: str, name: str) -> tuple[int, list[str]]:
    """How many pages "a stranger", "layla" or one of the staff comes to, and what is wrong with those that fail."""
    visitor, start = _someone(portal, name)
    visited, lost = set[str](), []
    waiting = deque([(start, "the start")])
    while waiting:
        address, named_by = waiting.popleft()
        if (kind := VARIES.sub("", address)) in visited:
            continue
        visited.add(kind)
        try:
            page = visitor.open(address)
        except Lost as error:
            lost.append(f"{address}, named by {named_by}: {error}")
            continue
        waiting.extend((each, address) for each in _pages(page.source, page.address, portal))
    visitor.close()
    return len(visited), lost


def _someone(portal: str, name: str) -> tuple[Visitor, str]:
    if name == "a stranger":
        return Visitor(name), portal
    if name == "layla":
        layla = Applicant(portal, "ekey-layla")
        layla.sign_in()
        return layla.visitor, portal
    member = Staff(portal, name)
    member.sign_in()
    return member.visitor, f"{portal}/desk/"


def _pages(source: str, address: str, portal: str) -> set[str]:
    if not source.lstrip().startswith("<!"):  # a file
        return set()
    named = {urljoin(address, link) for link in html.fromstring(source).xpath("//a[not(@download)]/@href")}
    own = {link.partition("#")[0] for link in named if urlsplit(link).netloc == urlsplit(portal).netloc}
    return {link for link in own if "sign-out" not in link}
