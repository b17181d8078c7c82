"""A paper licence of the former system: a page with a number, a name and a stamp, and no code."""

import json
from datetime import date

import typst

from rukhsa.issuance.compose import FONTS
from rukhsa.issuance.printed_page import in_words
from rukhsa_rehearsal.specimens.training import LAYLA, NAME, PROFILE, Training

_PAGE = """
#let told = json(bytes(sys.inputs.told))
#let ar(body) = text(lang: "ar", dir: rtl, body)
#set page(paper: "a4", margin: 25mm, foreground: rotate(-38deg, text(40pt, fill: rgb("#b3261e").transparentize(78%))[
  #align(center)[#ar[نموذج غير صادر] \\ SPECIMEN · NOT ISSUED]]))
#set text(font: "Amiri", size: 13pt, fallback: false, dir: rtl, lang: "ar")
#align(center)[
  #ar(text(20pt, weight: "bold", told.name.ar)) \\ #text(dir: ltr, told.name.en)
  #v(8mm)
  #ar(text(26pt, weight: "bold", told.title.ar)) \\ #text(16pt, dir: ltr, told.title.en)
]
#v(10mm)
#grid(columns: (auto, 1fr), gutter: 6mm,
  [رقم الرخصة \\ Number], text(dir: ltr, told.number),
  [صاحب الرخصة \\ Holder], ar(told.holder),
  [المكان \\ Place], ar(told.place),
  [تاريخ الإصدار \\ Issued on], ar(told.issued.ar),
)
#v(24mm)
#align(left, rotate(-8deg, box(stroke: 2pt + rgb("#24518a"), radius: 50%, inset: 14mm,
  text(fill: rgb("#24518a"), size: 12pt)[#align(center)[#ar(told.name.ar) \\ #ar[ختم وتوقيع]]])))
"""


def set_on_paper(training: Training, number: str, issued: date) -> bytes:
    """The page as an unsigned file."""
    day = in_words(issued)
    told = {
        "name": {"ar": NAME.ar, "en": NAME.en},
        "title": {"ar": PROFILE.name.ar, "en": PROFILE.name.en},
        "number": number,
        "holder": LAYLA[2],
        "place": LAYLA[4],
        "issued": {"ar": day.ar, "en": day.en},
    }
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[FONTS / "400Regular", FONTS / "700Bold"],
    )
    inputs = {"told": json.dumps(told)}
    return bytes(typst.compile(_PAGE.encode(), format="pdf", sys_inputs=inputs, font_paths=fonts))
