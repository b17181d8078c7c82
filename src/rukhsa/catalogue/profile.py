"""The fields of the seal's profile, made from the facts of a definition."""

from collections.abc import Mapping

from rukhsa.catalogue.instrument import Fact
from rukhsa.catalogue.questions import Question
from rukhsa.trust.profiles import Field
from rukhsa.values.names import Text

HOLDER, MASKED_ID, PLACE = 2, 3, 4
"""Keys of the seal: the same ones in every profile."""

ADDRESS_PARTS = (
    Text(ar="مبنى", en="Building"),
    Text(ar="طريق", en="Road"),
    Text(ar="مجمع", en="Block"),
    Text(ar="شقة", en="Flat"),
)
UNITS: Mapping[str, Text] = {
    "m": Text(ar="م", en="m"),
    "m2": Text(ar="م²", en="m²"),
    "m3": Text(ar="م³", en="m³"),
    "kg": Text(ar="كجم", en="kg"),
    "t": Text(ar="طن", en="t"),
    "kW": Text(ar="كيلوواط", en="kW"),
    "L": Text(ar="لتر", en="L"),
    "km": Text(ar="كم", en="km"),
    "USD": Text(ar="دولار", en="USD"),
}
_HOLDERS = {
    "licence": Text(ar="صاحب الرخصة", en="Holder"),
    "permit": Text(ar="صاحب الرخصة", en="Holder"),
    "certificate": Text(ar="صاحب الشهادة", en="Holder"),
    "request": Text(ar="مقدم الطلب", en="Applicant"),
}


def common_fields(kind: str, *, with_address: bool) -> tuple[Field, ...]:
    """The fields of every profile: holder, masked identity (optional), and address."""
    holder = Field(key=HOLDER, name=_HOLDERS[kind], type="text", role="holder")
    masked_id = Field(
        key=MASKED_ID,
        name=Text(ar="الرقم الشخصي أو السجل", en="Personal number or registration"),
        type="identifier",
        role="masked-id",
        optional=True,
    )
    place = Field(
        key=PLACE, name=Text(ar="العنوان", en="Address"), type="address", role="place", parts=ADDRESS_PARTS
    )
    return (holder, masked_id, place) if with_address else (holder, masked_id)


def fact_field(key: int, fact: Fact, question: Question | None, currency: str | None) -> Field:
    """The field of one fact; `question` is the one whose answer it is made of."""
    measured = question if fact.type == "decimal" else None
    tells = "hours" if fact.hours else question.told(fact.part) if question else ""
    return Field(
        key=key,
        name=fact.label,
        type=_TYPES.get(fact.type, fact.type),
        role=f"valid-{'from' if fact.validity == 'start' else 'until'}" if fact.validity else None,
        optional=fact.when is not None or bool(tells),
        options=question.codes if question and fact.type in ("code", "yes-no") else {},
        parts=ADDRESS_PARTS if fact.type == "address" else (),
        unit=UNITS[measured.measured_in] if measured else None,
        decimals=measured.scale if measured else 0,
        currency=currency if fact.type == "money" else None,
        tells=tells or None,
    )


_TYPES = {"yes-no": "code", "decimal": "integer"}
