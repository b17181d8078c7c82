"""Where the values of a definition come from: the rank of each source, and the laws on which it acts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, Discriminator, Field, Tag, WithJsonSchema, model_validator

from rukhsa.catalogue.shape import Day, Id, Misread, Shape, require_one
from rukhsa.values.names import Text

Rank = Literal["law", "ministry", "press", "announcement", "assumed"]
RANKS: Final[Mapping[str, Text]] = {
    "law": Text(ar="قانون", en="law"),
    "ministry": Text(ar="صفحة جهة رسمية", en="a ministry's page"),
    "announcement": Text(ar="إعلان", en="announcement"),
    "press": Text(ar="صحافة", en="press"),
    "assumed": Text(ar="مفترض", en="assumed"),
}
"""The ranks from the best to the weakest, as people read them."""

UNRANKED: Final = "unranked"
"""The rank of a source in the older form, a text that does not say `assumed`."""

_Words = Annotated[str, WithJsonSchema({"type": "string"})]
_Number = Annotated[str, WithJsonSchema({"type": ["string", "number"]})]


class RankedSource(Shape):
    """Where a value was read: the rank, the page or paper with its address, and the day; or why it is assumed."""

    rank: Rank
    page: str | None = Field(None, max_length=400, description="the page or paper, with its address")
    read: Day | None = None
    note: str | None = Field(None, max_length=400, description="what the page says of the value")
    why: str | None = Field(None, max_length=400, description="why the value is assumed")

    @model_validator(mode="after")
    def _says_where_or_why(self) -> Self:
        if self.rank == "assumed" and not self.why:
            raise Misread(en="what is assumed says why: why: …", ar="ما يُفترض يُذكر سببه: why: …")
        if self.rank != "assumed" and not (self.page and self.read):
            raise Misread(
                en="a source says its page, and the day on which it was read: page: …, read: 2026-11-30.",
                ar="يُذكر مع المصدر صفحته واليوم الذي قُرئت فيه: page: … و read: 2026-11-30.",
            )
        if self.rank != "assumed" and self.why:
            raise Misread(
                en="why is of what is assumed; what a page says stands in note.",
                ar="الكلمة why لما يُفترض؛ وما تقوله الصفحة يُكتب في note.",
            )
        return self

    def __str__(self) -> str:
        """In one line: "ministry: mun.gov.bh/fees, read 2026-11-30"."""
        parts = (self.page, f"read {self.read}" if self.read else None, self.note, self.why)
        return f"{self.rank}: {', '.join(part for part in parts if part)}"


# Texts published before sources had ranks have a sentence here.
ValueSource = Annotated[
    Annotated[_Words, Tag("written")] | Annotated[RankedSource, Tag("ranked")],
    Discriminator(lambda value: "written" if isinstance(value, str) else "ranked"),
]
"""Where a value comes from."""


def rank_of(source: str | RankedSource) -> str:
    """The rank of a source; of one in the older form, `assumed` where it says so, else `unranked`."""
    if isinstance(source, RankedSource):
        return source.rank
    return "assumed" if "assumed" in source else UNRANKED


class Law(Shape):
    """A law that a definition names once: its title as it was published, and where its text was read."""

    name: Text
    source: ValueSource | None = None


class Basis(Shape):
    """What something rests on: one of the definition's laws with the article, or why it is assumed to have one."""

    of: Id | None = None
    article: _Number | None = Field(None, max_length=60)
    assumed: str | None = Field(None, max_length=400, description="why no article is named")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        require_one(self, "of", "assumed")
        if self.assumed and self.article:
            raise Misread(en="an article is of a law: write of: …", ar="المادة من قانون: اكتب of: …")
        return self


Bases = Annotated[tuple[Basis, ...], Field(max_length=10)]
"""On which laws something rests."""


def on_laws(laws: Mapping[str, Law], bases: Iterable[Basis]) -> Text:
    """The laws with their articles in words; empty where all of it is assumed."""
    ar, en = [], []
    for basis in bases:
        if basis.of is not None and basis.of in laws:
            name, article = laws[basis.of].name, basis.article
            ar.append(name.in_language("ar") + (f"، المادة {article}" if article else ""))
            en.append(name.in_language("en") + (f", article {article}" if article else ""))
    return Text(ar="؛ ".join(ar), en="; ".join(en))


def sources_in(part: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every source of a definition, or of a part of it, with the path of what it is the source of."""
    if isinstance(part, RankedSource):
        return
    if isinstance(part, BaseModel):
        for name, field in type(part).model_fields.items():
            value = getattr(part, name)
            if name == "source" and value is not None:
                yield path, value
            else:
                yield from sources_in(value, (*path, field.alias or name))
    elif isinstance(part, tuple):
        for index, each in enumerate(part):
            yield from sources_in(each, (*path, index))
    elif isinstance(part, dict):
        for key, each in part.items():
            yield from sources_in(each, (*path, key))
