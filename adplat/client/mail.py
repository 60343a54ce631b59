"""One e-mail to one address, by SMTP (RFC 5321), with TLS as the server wants it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage

from adplat.domain import ConfigRejected, NotTaken


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in.

    Args:
        security: ``starttls``, ``ssl``, or ``none`` for a server on this machine.
        sender: the address it is from.
        ca_file: PEM file of whom to trust besides those that the machine trusts; empty: nobody.
    """

    host: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = ""
    sender: str = ""
    ca_file: str = ""
    timeout_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Mail:
    """Text, and one file; ``message_id`` is the same for the same sending, so that twice can be told from two."""

    recipient: str
    subject: str
    text: str
    message_id: str
    file_name: str = ""
    media_type: str = "application/octet-stream"
    content: bytes = b""


def send_mail(server: MailServer, mail: Mail) -> None:
    """Hand it in. Raises NotTaken where it may be taken later, ConfigRejected where it never will be."""
    message = _message(server, mail)
    where = f"{server.host}:{server.port}"
    try:
        with _connected(server) as link:
            link.send_message(message, server.sender, [mail.recipient])
    except smtplib.SMTPRecipientsRefused as reason:
        code, said = next(iter(reason.recipients.values()), (550, b""))
        raise _refusal(code, said, where) from None
    except smtplib.SMTPResponseException as reason:  # of signing in, too
        raise _refusal(reason.smtp_code, reason.smtp_error, where) from None
    except ssl.SSLCertVerificationError as reason:
        raise NotTaken(
            f"the mail server shows a certificate that nobody here trusts: {reason.verify_message}",
            where=where,
            hint="name its CA by ADPLAT_SMTP_CA",
        ) from None
    except smtplib.SMTPNotSupportedError as reason:
        raise ConfigRejected(
            f"the mail server does not do it: {reason}", where=where, hint="see ADPLAT_SMTP_SECURITY"
        ) from None
    except (smtplib.SMTPException, OSError) as reason:
        words = " ".join(str(reason).split())[:200] or type(reason).__name__
        raise NotTaken(f"the mail server does not answer: {words}", where=where, hint="see ADPLAT_SMTP_HOST") from None


def _message(server: MailServer, mail: Mail) -> EmailMessage:
    message = EmailMessage()
    # The policy refuses a line end in any header; those in names are taken out before, in ``one_line``.
    message["From"] = server.sender
    message["To"] = mail.recipient
    message["Subject"] = one_line(mail.subject)
    message["Message-ID"] = f"<{mail.message_id}@{server.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers it
    message.set_content(mail.text)
    if mail.content:
        main, _, sub = mail.media_type.partition(";")[0].partition("/")
        message.add_attachment(mail.content, maintype=main, subtype=sub, filename=one_line(mail.file_name))
    return message


def one_line(text: str) -> str:
    """Without what ends a line or cannot be printed."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    if server.ca_file:
        context.load_verify_locations(server.ca_file)
    if server.security == "ssl":
        link: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_s, context=context)
    else:
        link = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
    with link:
        if server.security == "starttls":
            link.starttls(context=context)
        if server.user:
            link.login(server.user, server.password)
        yield link


def _refusal(code: int, words: bytes | str, where: str) -> NotTaken | ConfigRejected:
    said = " ".join((words.decode("utf-8", "replace") if isinstance(words, bytes) else words).split())[:200]
    kind = NotTaken if 400 <= code < 500 or code in {530, 534, 535} else ConfigRejected  # who signs in may be mended
    return kind(f"the mail server says {code} {said}", where=where, hint="see what its operator says of it")
