"""Whether the mail server and the SMS provider would take our messages: asked without sending any."""

from __future__ import annotations

import ssl

import aiosmtplib
import httpx

from notifications.email import server

SECONDS = 5.0


async def mail_fault(smtp_url: str | None) -> str | None:
    """Why no e-mail could leave, with the remedy; None when the server answers, and knows us if it was given a name.

    Connects, says EHLO, begins TLS if it is offered, signs in if there is a user, and hangs up.
    """
    if smtp_url is None:
        return "Set TRACKER_SMTP_URL, such as smtp://user:password@mail.example.org:587."
    try:
        given = server(smtp_url)
    except ValueError as fault:
        return f"TRACKER_SMTP_URL cannot be read: {fault}."
    where = f"{given.host}:{given.port}"
    smtp = aiosmtplib.SMTP(
        hostname=given.host,
        port=given.port,
        use_tls=given.tls,
        start_tls=False if given.tls else None,
        username=given.user,
        password=given.password,
        timeout=SECONDS,
    )
    try:
        await smtp.connect()
        if not given.user:
            await smtp.ehlo()
        await smtp.quit()
    except aiosmtplib.SMTPAuthenticationError:
        return f"{where} refuses the user name and password of TRACKER_SMTP_URL."
    except ssl.SSLError:
        return f"The certificate of {where} cannot be trusted, or it does not speak TLS on that port."
    except (aiosmtplib.SMTPException, OSError) as fault:
        return f"{where} does not answer as a mail server ({type(fault).__name__}). Check host, port and firewall."
    finally:
        smtp.close()
    return None


async def texts_fault(account_sid: str | None, auth_token: str | None, base_url: str) -> str | None:
    """Why no text could leave, with the remedy; None when Twilio knows the account and it is active."""
    if not account_sid or not auth_token:
        return "Set TRACKER_TWILIO_ACCOUNT_SID and TRACKER_TWILIO_AUTH_TOKEN."
    address = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}.json"
    try:
        async with httpx.AsyncClient(timeout=SECONDS, auth=(account_sid, auth_token)) as http:
            answer = await http.get(address)
        status = answer.json().get("status") if answer.is_success else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError) as fault:
        return f"Twilio cannot be asked ({type(fault).__name__}). Check the network, and TRACKER_TWILIO_BASE_URL."
    if answer.status_code in (401, 403, 404):
        return "Twilio does not know this account and token. Copy both from its console once more."
    if not answer.is_success:
        return f"Twilio answered {answer.status_code}. Try again later."
    return None if status == "active" else f"Twilio says that the account is {str(status)[:20]}. See its console."
