"""Identifiers that people copy: numbers with a check character, codes, accounts, registrations."""

import itertools
import re
import secrets
from collections.abc import Callable, Iterator

from rukhsa.errors import RukhsaError
from rukhsa.values.writing import latin_digits

ALPHANUMERICS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Crockford's base 32: no I, L, O, U, which are misread or spell words.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16  # 80 bits
SHORT_CODE_LENGTH = 8  # 40 bits
# Characters that people take for one another when they copy a number.
_AS_DIGITS = str.maketrans("OIL", "011")
_AS_LETTERS = str.maketrans("01", "OI")
_ALIKE = {"0": "0O", "O": "O0", "1": "1I", "I": "I1", "L": "L1I"}

_NUMBER = re.compile(r"[A-Z0-9]{2,4}(-[A-Z]{2})?-[0-9]{4}-[0-9]{6,9}-[A-Z0-9]")
_WITHOUT_DASHES = re.compile(r"([A-Z0-9]{1,5}[A-Z])((?:19|20)[0-9]{2})([0-9]{6,9})([A-Z0-9])")
_DASHES = "‐-―−_/"
_INVISIBLE = "\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"  # directions, and what has no width


class IdentifierError(RukhsaError, ValueError):
    """An identifier that cannot be one."""

    code = "bad-identifier"


def instrument_number(*, authority: str, service: str, year: int, sequence: int) -> str:
    """The public number of an instrument: `CAP-RW-2026-004217-7`, with its check character."""
    return _with_check(f"{authority}-{service}-{year:04d}-{sequence:06d}")


def application_reference(*, authority: str, year: int, sequence: int) -> str:
    """The reference given to an application at submission: `CAP-2026-000123-K`, with its check character."""
    return _with_check(f"{authority}-{year:04d}-{sequence:06d}")


def parse_number(text: str) -> str:
    """The instrument number or reference that was typed, in its one form.

    Spaces, lower case, Arabic digits, other dashes, spaces instead of dashes or nothing there, the invisible marks
    that a copy from an Arabic page brings, and O for 0 or I for 1 and the reverse are forgiven.
    IdentifierError: a wrong check character.
    """
    written = next(filter(_NUMBER.fullmatch, _spellings(text)), None)
    if written is None:
        raise IdentifierError(f"{text!r} is not a number such as CAP-RW-2026-004217-7")
    for reading in _readings(written):
        if has_right_check(reading):
            return reading
    raise IdentifierError(f"{text!r} was mistyped: its last character does not fit the rest")


def folded_number(text: str) -> str:
    """A number, or its beginning, with O and I read as digits where it has digits, and as letters where letters."""
    written = re.sub(rf"[\s{_INVISIBLE}]", "", re.sub(rf"[{_DASHES}]", "-", latin_digits(text).upper()))
    first, *parts = written.split("-")
    if parts and len(parts[0]) == 2:  # the letters of a service
        parts[0] = parts[0].translate(_AS_LETTERS)
    folded = [part if len(part) < 4 else part.translate(_AS_DIGITS) for part in parts]
    return "-".join([first, *folded])


def typed_number(text: str) -> str:
    """What was typed to search for a number: the whole number in its one form, or its beginning."""
    try:
        return parse_number(text)
    except IdentifierError:
        return folded_number(text)


def _spellings(text: str) -> Iterator[str]:
    """What was typed, folded: as it is, with a dash for each space, and with its dashes where it has none."""
    yield folded_number(text)
    yield folded_number(re.sub(rf"[\s{_DASHES}-]+", "-", text.strip()))
    if match := _WITHOUT_DASHES.fullmatch(folded_number(text)):
        head, *rest = match.groups()
        # Whether two of four letters are the service's cannot be told.
        heads = [head[:-2], head[-2:]] if len(head) > 4 else [head] if len(head) < 4 else []
        yield "-".join([*heads, *rest])


def _readings(written: str) -> Iterator[str]:
    """The number as it was written first, then with its first part and its check character mistaken."""
    first, *middle, last = written.split("-")
    for letters in itertools.product(*(_ALIKE.get(each, each) for each in first)):
        for check in _ALIKE.get(last, last):
            yield "-".join(["".join(letters), *middle, check])


def code_in_number(text: str) -> str:
    """The two letters of the service in an instrument's number: `RW`. IdentifierError for what is no such number."""
    parts = parse_number(text).split("-")
    if len(parts) != 5:
        raise IdentifierError(f"{text!r} is the reference of an application")
    return parts[1]


def check_character(text: str) -> str:
    """The character that, put after the letters and digits of `text`, makes their check come out at zero.

    It finds every single wrong character, every swap of two neighbours or of two characters with one between,
    and every twin error (AA for BB, AxA for BxB). See docs/decisions/0006-check-character.md.
    """
    first, second = _advance(*_run(text))
    return ALPHANUMERICS[(-first % 6) * 6 + (-second % 6)]


def has_right_check(text: str) -> bool:
    """Whether the last letter or digit of `text` is the check character of those before it."""
    return _run(text) == (0, 0)


def verification_code(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A new code of 80 random bits, as four groups of four: `7K3M-9QXD-4T0Z-WH2B`."""
    return _new_code(CODE_LENGTH, random_bytes)


def parse_verification_code(text: str) -> str:
    """The code that was typed, in its one form; I and L are read as 1, O as 0. Raises IdentifierError."""
    return _parsed_code(
        text, CODE_LENGTH, "a verification code is 16 letters and digits, in four groups of four"
    )


def short_code(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A new code of 40 random bits, as two groups of four, for where guesses are counted: `7K3M-9QXD`."""
    return _new_code(SHORT_CODE_LENGTH, random_bytes)


def parse_short_code(text: str) -> str:
    """The short code that was typed, in its one form; I and L are read as 1, O as 0. Raises IdentifierError."""
    return _parsed_code(text, SHORT_CODE_LENGTH, "this code is 8 letters and digits, in two groups of four")


def _new_code(length: int, random_bytes: Callable[[int], bytes]) -> str:
    number = int.from_bytes(random_bytes(length * 5 // 8))
    characters = "".join(CODE_ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(length)))
    return _grouped(characters)


def _parsed_code(text: str, length: int, sentence: str) -> str:
    written = re.sub(r"[^0-9A-Z]", "", latin_digits(text).upper()).translate(_AS_DIGITS)
    if len(written) != length or not set(written) <= set(CODE_ALPHABET):
        raise IdentifierError(sentence)
    return _grouped(written)


def parse_identifier(text: str) -> str:
    """A number or a code that others gave, in one form: capital Latin letters, digits, and - . / or a space within."""
    written = " ".join(re.sub(r"[‐-―−_]", "-", latin_digits(text).upper()).split())
    if not re.fullmatch(r"[A-Z0-9](?:[A-Z0-9 ./-]*[A-Z0-9])?", written):
        raise IdentifierError("it is Latin letters and digits, with - . / or a space between: 0701-2034")
    return written


def parse_personal_number(text: str) -> str:
    """The personal number (CPR): nine digits. No check-digit rule is published, so none is applied."""
    written = only_digits(re.sub(r"[\s-]", "", text))
    if not re.fullmatch(r"[0-9]{9}", written):
        raise IdentifierError("a personal number has nine digits")
    return written


def parse_registration(text: str) -> str:
    """A commercial registration: digits, with the branch after a dash where there is one, such as 12345-1."""
    written = only_digits(re.sub(r"\s", "", re.sub(r"[‐-―−/]", "-", text)))
    if not re.fullmatch(r"[0-9]{1,7}(-[0-9]{1,2})?", written):
        raise IdentifierError("a commercial registration is digits, with the branch after a dash: 12345-1")
    return written


def parse_phone(text: str, *, country: str = "973", length: int = 8) -> str:
    """A telephone number as +COUNTRYNUMBER; `length` digits without a prefix are a number of it."""
    written = only_digits(re.sub(r"[\s().-]", "", text))
    written = "+" + written[2:] if written.startswith("00") else written
    if re.fullmatch(rf"[0-9]{{{length}}}", written):
        return f"+{country}{written}"
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", written):
        raise IdentifierError(f"a telephone number has {length} digits, or begins with + and the country")
    if written.startswith(f"+{country}") and len(written) != 1 + len(country) + length:
        raise IdentifierError(f"a telephone number of +{country} has {length} digits after it")
    return written


def only_digits(text: str) -> str:
    """A text that can hold digits alone, with O read as 0, and I and L as 1."""
    return latin_digits(text).upper().translate(_AS_DIGITS)


def masked(identifier: str, *, shown: int = 4) -> str:
    """The identifier with all but its last characters hidden: `*****2345`."""
    return "*" * max(0, len(identifier) - shown) + identifier[-shown:]


def _with_check(body: str) -> str:
    return f"{body}-{check_character(body)}"


def _run(text: str) -> tuple[int, int]:
    state = (0, 0)
    for character in text:
        if character != "-":
            first, second = _advance(*state)
            high, low = divmod(_place(character), 6)
            state = ((first + high) % 6, (second + low) % 6)
    return state


def _advance(first: int, second: int) -> tuple[int, int]:
    # One step of Fibonacci's rule modulo 6: for M = [[0, 1], [1, 1]], all of M, M-1, M+1, M²-1 and M²+1
    # are invertible modulo 6, which is exactly what the promised errors need.
    return second, (first + second) % 6


def _place(character: str) -> int:
    place = ALPHANUMERICS.find(character)
    if place < 0:
        raise IdentifierError(f"{character!r} is neither a capital letter nor a digit")
    return place


def _grouped(characters: str) -> str:
    return "-".join(characters[start : start + 4] for start in range(0, len(characters), 4))
