"""Scenes about the catalogue: a proposed text, and a newer process that an open application can follow."""

from datetime import timedelta

from rukhsa.catalogue.territory import service_files, territory_folder
from tests.browser.scenes.players import TODAY, Players, path_of, plot_of, press

FEE = ("amount: 0.250", "amount: 0.300")
FASTER = ("within: 3 working days", "within: 2 working days")


def services(players: Players, case: str) -> dict[str, str]:
    """Addresses of pages about services, by name; `case` is an open application for a change of address."""
    proposed = _proposed(players, "road-works-licence", FEE, ahead=7)
    faster = _proposed(players, "address-change", FASTER, ahead=0)
    press(players.mariam, faster, "form[action$='/approve']")
    return {"proposal": proposed, "process": f"/desk/applications/{case}/process", "clash": _clash(players)}


def _proposed(players: Players, service: str, change: tuple[str, str], *, ahead: int) -> str:
    text = text_of(service).replace(*change)
    day = (TODAY + timedelta(days=ahead)).isoformat()
    typed = {"__text": text, "day": day, "reason": "قرار المجلس"}
    page = press(players.salem, f"/desk/catalogue/services/{service}", "#definition", **typed)
    return path_of(page, players.salem.portal)


def text_of(service: str) -> str:
    """The text of a service in the territory's folder."""
    return next(file for file in service_files(territory_folder()) if file.stem == service).read_text("utf-8")


def _clash(players: Players) -> str:
    """A draft for works where others are licensed at that time."""
    plot = plot_of("road-works-licence", turn=2)
    start = (TODAY + timedelta(days=75)).isoformat()
    page = players.layla.start(plot.service)
    players.layla.answer_first(page, {**plot.answers, "start": start})
    return path_of(page, players.layla.portal)
