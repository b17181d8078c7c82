"""What an uploaded file is taken for, and what it is refused for."""

import pytest

from rukhsa.applications.file_check import check_file


@pytest.mark.parametrize("scalar", ["42", "true", "null", "1.5"])
def test_a_pdf_with_a_scalar_as_an_object_of_its_own_is_taken(scalar: str) -> None:
    content = written(
        "<</Type/Catalog/Pages 2 0 R/Held 4 0 R>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        scalar,
    )
    assert check_file(content, ("pdf",)).media_type == "application/pdf"


def written(*objects: str) -> bytes:
    """A PDF with these objects, the first being its catalogue."""
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Root 1 0 R/Size {size}>>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + end.encode()
