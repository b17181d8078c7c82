"""Mail: one message to one address, by the server that the settings name."""

from django.core.mail import EmailMessage


def send_mail(key: str, address: str, subject: str, text: str, *, calendar: str = "") -> None:
    """Send a mail, with a file for a calendar (RFC 5545) where one is given. Its Message-ID is made of the key, so
    that a mailbox knows a second copy for the same message.

    Raises OSError.
    """
    mail = EmailMessage(subject, text, to=[address], headers={"Message-ID": f"<{key}@rukhsa>"})
    if calendar:
        mail.attach("sitting.ics", calendar, "text/calendar")
    mail.send()
