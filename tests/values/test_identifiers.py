"""Numbers with a check character, verification codes, and what people mistype in them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rukhsa.values.identifiers import (
    ALPHANUMERICS,
    IdentifierError,
    application_reference,
    check_character,
    has_right_check,
    instrument_number,
    masked,
    parse_identifier,
    parse_number,
    parse_personal_number,
    parse_phone,
    parse_registration,
    parse_short_code,
    parse_verification_code,
    short_code,
    typed_number,
    verification_code,
)

NUMBER = instrument_number(authority="CAP", service="RW", year=2026, sequence=4217)


def test_a_number_ends_with_its_check_character() -> None:
    assert NUMBER.startswith("CAP-RW-2026-004217-")
    assert has_right_check(NUMBER)
    assert parse_number(NUMBER) == NUMBER


def test_a_number_is_read_as_people_type_it() -> None:
    arabic = NUMBER.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for typed in (f" {NUMBER.lower()} ", arabic, NUMBER.replace("-", "\u2013"), NUMBER.replace("-", " - ")):
        assert parse_number(typed) == NUMBER


def test_an_application_reference_is_not_an_instrument_number() -> None:
    reference = application_reference(authority="CAP", year=2026, sequence=123)
    assert parse_number(reference) == reference
    assert reference.count("-") == 3
    assert NUMBER.count("-") == 4


def test_every_single_wrong_character_is_found() -> None:
    for place, character in enumerate(NUMBER):
        for other in ALPHANUMERICS:
            if character not in ("-", other):
                assert not has_right_check(NUMBER[:place] + other + NUMBER[place + 1 :])


@pytest.mark.parametrize("apart", [1, 2])
@given(data=some.data())
def test_every_swap_and_every_twin_is_found(apart: int, data: some.DataObject) -> None:
    body = data.draw(some.text(ALPHANUMERICS, min_size=3, max_size=20))
    word = list(body + check_character(body))
    for place in range(len(word) - apart):
        swapped = word.copy()
        swapped[place], swapped[place + apart] = word[place + apart], word[place]
        assert (swapped == word) == has_right_check("".join(swapped))


def test_every_twin_error_is_found_for_every_pair_of_characters() -> None:
    for first, second in itertools.permutations(ALPHANUMERICS, 2):
        for right, wrong in ((first * 2, second * 2), (f"{first}7{first}", f"{second}7{second}")):
            word = "CAP" + right + "42"
            check = check_character(word)
            assert not has_right_check("CAP" + wrong + "42" + check)


@pytest.mark.parametrize(
    "typed", ["", "CAP", "CAP-RW-2026-004217", "CAP-RW-26-4217-7", "<script>", "CAP-RW-2026-004217-*"]
)
def test_what_is_not_a_number_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(IdentifierError, match="not a number such as"):
        parse_number(typed)


def test_a_mistyped_number_is_told_so() -> None:
    with pytest.raises(IdentifierError, match="mistyped"):
        parse_number(NUMBER.replace("4217", "4127"))


def test_a_verification_code_has_eighty_bits_in_four_groups() -> None:
    assert verification_code(lambda count: bytes(count)) == "0000-0000-0000-0000"
    assert verification_code(lambda count: b"\xff" * count) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert verification_code(lambda count: bytes(range(count))) != verification_code()


def test_a_verification_code_is_read_as_people_type_it() -> None:
    assert parse_verification_code("o1il 0000-zzzz 9999") == "0111-0000-ZZZZ-9999"
    for wrong in ("", "0000-0000-0000", "UUUU-0000-0000-0000", "0000-0000-0000-00000"):
        with pytest.raises(IdentifierError, match="16 letters and digits"):
            parse_verification_code(wrong)


def test_personal_numbers_and_registrations_are_read_with_arabic_digits() -> None:
    assert parse_personal_number("٨٥٠٤ ١٢٣٤٥") == "850412345"
    assert parse_registration("١٢٣٤٥/١") == "12345-1"
    for read, wrong in (
        (parse_personal_number, "12345"),
        (parse_registration, "CR 1"),
        (parse_registration, "1-2-3"),
    ):
        with pytest.raises(IdentifierError):
            read(wrong)


def test_a_number_of_others_is_kept_in_one_form() -> None:
    assert parse_identifier(" ٠٧٠١-٢٠٣٤ ") == "0701-2034"
    assert parse_identifier("rha_4/2  b") == "RHA-4/2 B"
    for wrong in ("", "-", "12-", "عقار 12", "12\u200b3é"):
        with pytest.raises(IdentifierError):
            parse_identifier(wrong)


def test_a_telephone_number_gets_its_country() -> None:
    assert parse_phone("3912 3456") == "+97339123456"
    assert parse_phone("00973 3912 3456") == "+97339123456"
    assert parse_phone("(605) 642-1354", country="1", length=10) == "+16056421354"
    assert parse_phone("+44 20 7946 0000") == "+442079460000"
    for wrong in ("", "391", "+973391", "call me"):
        with pytest.raises(IdentifierError):
            parse_phone(wrong)


def test_a_masked_number_shows_only_its_end() -> None:
    assert masked("850412345") == "*****2345"


def test_a_letter_and_the_digit_that_looks_like_it_are_one_wherever_a_number_is_typed() -> None:
    ending_in_o = next(
        number
        for sequence in range(1000)
        if (
            number := instrument_number(authority="CAP", service="IO", year=2026, sequence=sequence)
        ).endswith("O")
    )
    for typed in (
        ending_in_o[:-1] + "0",
        ending_in_o.replace("2026", "2O26"),
        ending_in_o.replace("IO", "10"),
    ):
        assert parse_number(typed) == ending_in_o
    assert parse_number(NUMBER.replace("0", "o").replace("1", "l")) == NUMBER
    assert typed_number(NUMBER[:12].replace("0", "O")) == NUMBER[:12]
    with pytest.raises(IdentifierError, match="mistyped"):
        parse_number(ending_in_o[:-1] + "Q")


@given(authority=some.sampled_from(["CAP", "OIL", "I0O", "N01"]), sequence=some.integers(1, 999_999))
def test_every_number_is_read_with_each_letter_written_as_the_digit(authority: str, sequence: int) -> None:
    number = instrument_number(authority=authority, service="RW", year=2026, sequence=sequence)
    assert parse_number(number) == number
    mistaken = number[:-1] + {"O": "0", "0": "O", "I": "1", "1": "I"}.get(number[-1], number[-1])
    assert parse_number(mistaken) == number


def test_digits_alone_forgive_letters_that_look_like_them() -> None:
    assert parse_personal_number("85O4I2345") == "850412345"
    assert parse_registration("I2345-l") == "12345-1"
    assert parse_phone("36OOOOO1") == "+97336000001"


def test_a_short_code_is_read_as_it_is_typed() -> None:
    code = short_code(lambda count: bytes(range(count)))
    assert len(code) == 9
    assert parse_short_code(f" {code.lower().replace('0', 'o')} ".replace("-", " ")) == code
    with pytest.raises(IdentifierError):
        parse_short_code("7K3M-9QX")


@pytest.mark.parametrize(
    "typed",
    [
        "CAP RW 2026 004217 {}",
        "cap-rw-2026-004217-{}",
        "  CAP - RW - ٢٠٢٦ - ٠٠٤٢١٧ - {} ",
        "CAP RW-2026  004217–{}",
        "caprw2026004217{}",
        "CAPRW ٢٠٢٦ ٠٠٤٢١٧{}",
        "\u2066CAP-RW-2026-004217-{}\u2069",
        "CAP\u00a0RW\u00a02026\u00a0004217\u00a0{}",
    ],
)
def test_a_number_is_read_with_spaces_with_dashes_and_without(typed: str) -> None:
    assert parse_number(typed.format(NUMBER[-1])) == NUMBER
    assert typed_number(typed.format(NUMBER[-1])) == NUMBER


def test_a_reference_is_read_without_its_dashes_and_four_letters_are_not_guessed() -> None:
    reference = application_reference(authority="CAP", year=2026, sequence=123)
    assert parse_number(reference.replace("-", " ")) == parse_number(reference.replace("-", "")) == reference
    with pytest.raises(IdentifierError):
        parse_number(application_reference(authority="CAPI", year=2026, sequence=123).replace("-", ""))
