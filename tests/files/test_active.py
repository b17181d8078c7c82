"""What acts in a PDF is found wherever it hangs and however it is written; what is harmless is taken."""

import io

import pikepdf
import pytest

from rukhsa.files.accepted import QUIETENED, Accepted
from rukhsa.files.errors import Refused
from rukhsa.files.safe_copy import accept
from tests.files.pdfs import attaching, holding, packed, with_catalogue, with_page

SCRIPT = "<</S/JavaScript/JS(app.alert\\(1\\))>>"
LINK = "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 99 99]/A<<{}>>>>]"
STREAM = "<</Length 1{}>>\nstream\nx\nendstream"
FIELD = "/Annots[<</Subtype/Widget/FT/Tx/T(a)/Rect[0 0 9 9]{}>>]"


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        accept(content, ("pdf",))
    return refused.value.code


def taken(content: bytes) -> Accepted:
    return accept(content, ("pdf",))


ACTIVE = {
    "a script on opening": with_catalogue(f"/OpenAction{SCRIPT}"),
    "a script in the tree of names": with_catalogue(f"/Names<</JavaScript<</Names[(x){SCRIPT}]>>>>"),
    "a script when a page opens": with_page(f"/AA<</O{SCRIPT}>>"),
    "a script behind a link": with_page(LINK.format("/S/JavaScript/JS(app.alert\\(1\\))")),
    "a script in a stream's dictionary": holding(STREAM.format(f"/A{SCRIPT}")),
    "a script as a stream": with_catalogue(
        "/OpenAction<</S/JavaScript/JS 5 0 R>>", "<</Length 12>>\nstream\napp.alert(1)\nendstream"
    ),
    "a script with escaped names": holding("<</S/J#61va#53cript/#4aS(app.alert\\(1\\))>>"),
    "a script among packed objects": packed(),
    "a script in a list in a list": holding(f"[[[{SCRIPT}]]]"),
    "a script behind a harmless action": with_page(LINK.format(f"/S/GoTo/D[3 0 R/Fit]/Next{SCRIPT}")),
    "a script of a field that does more than format": with_page(
        FIELD.format('/AA<</F<</S/JavaScript/JS(AFNumber_Format\\(2,0,0,0,"",true\\); app.alert\\(1\\))>>>>')
    ),
    "a script hidden in the text given to a format": with_page(
        FIELD.format('/AA<</F<</S/JavaScript/JS(AFDate_FormatEx\\("a"+app.alert\\(1\\)\\))>>>>')
    ),
    "a program to start": with_page(LINK.format("/S/Launch/F(cmd.exe)")),
    "a program with an escaped name": with_page(LINK.format("/S/#4caunch/F(cmd.exe)")),
    "data to fetch": with_page(LINK.format("/S/ImportData/F(x.fdf)")),
    "a file on another machine on opening": with_catalogue(
        "/OpenAction<</S/GoToR/F(\\\\\\\\host\\\\x.pdf)/D[0/Fit]>>"
    ),
    "a file within": with_page(LINK.format("/S/GoToE/T<</R/C/N(x)>>/D[0/Fit]")),
    "an address on opening": with_catalogue("/OpenAction<</S/URI/URI(https://example.com/)>>"),
    "an address when a page opens": with_page("/AA<</O<</S/URI/URI(https://example.com/)>>>>"),
    "a form sent on opening": with_catalogue("/OpenAction<</S/SubmitForm/F(https://example.com/)>>"),
    "a film": with_page(LINK.format("/S/Rendition/OP 0")),
    "an old film": with_page("/Annots[<</Subtype/Movie/Rect[0 0 9 9]/Movie<</F(x.avi)>>>>]"),
    "a sound": with_page(LINK.format("/S/Sound/Sound 4 0 R")),
    "rich media": with_page("/Annots[<</Subtype/RichMedia/Rect[0 0 9 9]/RichMediaContent<<>>>>]"),
    "three dimensions": with_page("/Annots[<</Subtype/3D/Rect[0 0 9 9]/3DD 4 0 R>>]"),
    "a stream that lies elsewhere": holding(STREAM.format("/F(\\\\\\\\host\\\\x)")),
}


@pytest.mark.parametrize("kind", ACTIVE)
def test_what_acts_is_refused(kind: str) -> None:
    assert refusal(ACTIVE[kind]) == "file-active"


def test_a_form_that_only_some_programs_show_is_refused_as_such() -> None:
    assert refusal(with_catalogue("/AcroForm<</Fields[]/XFA[(form)4 0 R]>>")) == "file-dynamic-form"


def test_a_collection_of_files_is_refused_as_such() -> None:
    assert refusal(with_catalogue("/Collection<</View/T>>")) == "file-collection"


HARMLESS = {
    "a link to an address": with_page(LINK.format("/S/URI/URI(https://example.com/)")),
    "a link to a page": with_page(LINK.format("/S/GoTo/D[3 0 R/Fit]")),
    "opens at a page": with_catalogue("/OpenAction[3 0 R/Fit]"),
    "opens at a page by an action": with_catalogue("/OpenAction<</S/GoTo/D[3 0 R/Fit]>>"),
    "opens the dialogue to print": with_catalogue("/OpenAction<</S/Named/N/Print>>"),
    "a remark that names scripts": with_page(
        "/Annots[<</Subtype/Text/Rect[0 0 9 9]/Contents(/JavaScript /Launch /JS)>>]"
    ),
    "an empty tree of scripts": with_catalogue("/Names<</JavaScript<</Names[]>>>>"),
    "an element of structure": holding("<</Type/StructElem/S/Form>>"),
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_is_harmless_is_taken(kind: str) -> None:
    assert QUIETENED not in taken(HARMLESS[kind]).notes


FORMATS = (
    'AFNumber_Format(2, 0, 0, 0, "", true);',
    'AFNumber_Keystroke(2, 0, 0, 0, "BD ", true);',
    'AFDate_FormatEx("dd/mm/yyyy");',
    "AFDate_KeystrokeEx('dd/mm/yyyy');",
    "AFSpecial_Format(0);",
    "AFPercent_Format(2, 0)",
    "AFTime_Format(0);",
    "AFRange_Validate(true, 0, true, 100);",
    'AFSimple_Calculate("SUM", new Array ("a", "b"));',
)


@pytest.mark.parametrize("script", FORMATS)
def test_a_form_whose_scripts_only_format_a_field_is_taken_and_shown_without_them(script: str) -> None:
    written_so = script.replace("(", "\\(").replace(")", "\\)")
    found = taken(with_page(FIELD.format(f"/AA<</F<</S/JavaScript/JS({written_so})>>>>")))
    assert QUIETENED in found.notes
    assert b"JavaScript" not in plain(found.shown)


def test_a_button_that_sends_the_form_is_left_out_of_what_is_shown() -> None:
    button = (
        "/Annots[<</Subtype/Widget/FT/Btn/T(a)/Rect[0 0 9 9]/A<</S/SubmitForm/F(https://example.com/)>>>>]"
    )
    found = taken(with_page(button))
    assert QUIETENED in found.notes
    assert b"SubmitForm" not in plain(found.shown)


@pytest.mark.parametrize("annotated", [False, True])
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("setup.exe", b"MZ\x90\x00" + b"\0" * 64, "file-carries-file"),
        ("letter.pdf.exe", b"%PDF-1.4", "file-carries-file"),
        ("list.txt", b"MZ\x90\x00" + b"\0" * 64, "file-carries-file"),
        ("run.js", b"WScript.Echo(1)", "file-carries-file"),
        ("page.html", b"<script>alert(1)</script>", "file-carries-file"),
        ("picture.jpg", b"MZ\x90\x00" + b"\0" * 64, "file-carries-file"),
        ("script.pdf", ACTIVE["a script on opening"], "file-carries-file"),
        ("seal.cwt", b"MZ\x90\x00" + b"\0" * 64, "file-carries-file"),
        ("", b"text", "file-carries-file"),
        ("letter.odt", b"PK\x03\x04", "file-hybrid"),
    ],
)
def test_a_program_or_the_like_within_is_refused(
    name: str, content: bytes, code: str, annotated: bool
) -> None:
    assert refusal(attaching(name, content, annotated=annotated)) == code


@pytest.mark.parametrize("annotated", [False, True])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("facts.json", b'{"a": 1}'),
        ("invoice.xml", b"<?xml version='1.0'?><a/>"),
        ("list.csv", "رقم,اسم\n1,ا\n".encode()),
        ("note.txt", "\ufeffnote".encode("utf-16-le")),
        ("inner.pdf", HARMLESS["opens at a page"]),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 16),
    ],
)
def test_text_tables_pictures_and_pdfs_within_are_taken_and_not_shown(
    name: str, content: bytes, annotated: bool
) -> None:
    found = taken(attaching(name, content, annotated=annotated))
    assert "carries" in found.notes
    with pikepdf.open(io.BytesIO(found.shown)) as shown:
        assert not shown.attachments
        assert not any(
            isinstance(each, pikepdf.Stream) and each.read_bytes() == content for each in shown.objects
        )


def test_a_stream_that_unpacks_without_end_never_hides_a_script() -> None:
    """Under a limit of memory qpdf leaves the packed objects out, and what it does not see it calls clean."""
    assert refusal(packed(zeros=1000)) == "file-active"
    assert refusal(packed(zeros=80 << 20)) == "too-much-memory"


@pytest.mark.parametrize("scalar", ["42", "true", "null", "1.5"])
def test_a_pdf_with_a_scalar_as_an_object_of_its_own_is_taken(scalar: str) -> None:
    assert taken(holding(scalar)).media_type == "application/pdf"


def plain(content: bytes) -> bytes:
    """The PDF with every object written out."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return b"\n".join(
            (each.stream_dict if isinstance(each, pikepdf.Stream) else each).unparse(resolved=True)
            for each in document.objects
            if isinstance(each, pikepdf.Object)
        )
