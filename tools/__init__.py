"""For developers in a checkout, in no wheel: checks, the bill of materials, pages written from the code."""
