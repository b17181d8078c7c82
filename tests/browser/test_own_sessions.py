"""An applicant signs in on a telephone and on a computer, and signs out on the telephone from the computer."""

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Opened
from tests.browser.window import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]


def test_a_person_signs_out_on_another_device(opened: Opened, portal: str) -> None:
    with opened("ar", PHONE) as phone, opened("en", 1280) as computer:
        for window in (phone, computer):
            people.sign_in_by_ekey(window, portal)
            window.open(f"{portal}/details")
            with window.page.expect_navigation():
                window.page.locator("a[href='/own/sessions']").click()
            window.look()
        with computer.page.expect_navigation():
            computer.page.get_by_role("button", name="Sign out everywhere else").click()
        computer.look()
        expect(computer.page.get_by_text("This device")).to_be_visible()
        phone.open(f"{portal}/applications/")
        assert "/sign-in" in phone.page.url
