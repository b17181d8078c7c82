"""What a telephone puts on its home screen, without which iOS shows no notices of a site."""

import io
import json

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests import applicants

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("en", "ltr")])
def test_the_manifest_opens_the_portal_in_a_window_of_its_own_in_the_language_of_the_page(
    client: Client, language: str, direction: str
) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client.get(reverse("portal:manifest"))
    told = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (told["lang"], told["dir"]) == (language, direction)
    assert (told["display"], told["start_url"], told["scope"]) == ("standalone", "/", "/")
    for each in told["icons"]:
        drawn = Image.open(io.BytesIO(client.get(each["src"]).content))
        assert "{}x{}".format(*drawn.size) == each["sizes"]


def test_another_icon_is_absent(client: Client) -> None:
    assert client.get("/app/icon-7.png").status_code == 404
    assert client.get("/app/icon-192.png").status_code == 200


def test_the_page_on_which_notices_are_chosen_can_be_installed(open_town: None) -> None:
    page = applicants.signed_in(applicants.layla()).get(reverse("portal:own-details")).content.decode()
    assert f'<link rel="manifest" href="{reverse("portal:manifest")}"' in page
    assert f'<link rel="apple-touch-icon" href="{reverse("portal:icon", args=["touch-180"])}"' in page
