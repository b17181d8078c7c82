"""The one kind of error that a room means: an act was refused, and a page can say why."""


class RukhsaError(Exception):
    """What every family of errors of a room inherits from.

    `code` never changes once it is published: it names the sentence that a page shows, and the type of a problem
    document (RFC 9457). Errors that make their own sentence have it in `text`, in the language of the page. Any other
    exception is a fault, and people are only told that something broke.
    """

    code: str
