"""A profile that was published keeps its fields and their labels; another one has a code of its own."""

import pytest

from tests.rooms.catalogue.broken import changed, read
from tests.rules.published_profiles import changes, defined, kept, listed, unlisted

FROM = "    - {id: valid-from, label: {ar: ساري من, en: Valid from}, type: date, validity: start}\n"
UNTIL = "    - {id: valid-until, label: {ar: ساري حتى, en: Valid until}, type: date, validity: end}\n"
AGAIN = UNTIL + "    - {id: again, label: {ar: عدد الخيام, en: Tents}, type: integer, question: tents}\n"


@pytest.mark.parametrize("territory", sorted(defined()))
def test_published_profiles_have_not_changed_and_all_are_listed(territory: str) -> None:
    before, now = kept().get(territory, {}), defined()[territory]
    assert not list(changes(before, now))
    assert not list(unlisted(before, now))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (FROM, FROM.replace("ساري", "سارية")),
        (FROM, FROM.replace("Valid from", "In force from")),
        (FROM + UNTIL, UNTIL + FROM),
        (FROM + UNTIL, FROM),
        ("profile-code: 233", "profile-code: 230"),
    ],
    ids=["Arabic label", "English label", "order", "left out", "the code of another service"],
)
def test_a_change_of_a_published_profile_is_told_with_what_to_do(old: str, new: str) -> None:
    now = listed([read(changed("camping-registration", old, new)).value], "BHD")
    (told,) = changes(kept()["bahrain"], now)
    assert told.startswith("camping-registration, profile ")
    assert "new profile-code" in told


@pytest.mark.parametrize(
    ("old", "new"),
    [("profile-code: 233", "profile-code: 9999"), (UNTIL, AGAIN)],
    ids=["new code", "at the end"],
)
def test_what_came_without_a_change_is_only_to_be_listed(old: str, new: str) -> None:
    now = listed([read(changed("camping-registration", old, new)).value], "BHD")
    assert not list(changes(kept()["bahrain"], now))
    (told,) = unlisted(kept()["bahrain"], now)
    assert "published_profiles" in told
