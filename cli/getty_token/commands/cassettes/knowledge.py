"""The secrets of this machine, so that they are found in a recording however they are written there."""

from contextlib import suppress

from getty_token.commands.wiring import Setup
from getty_token.errors import GettyTokenError


def secrets_here() -> list[str]:
    """Key, secret and token, as far as there are any; nobody is asked, and nothing is fetched."""
    found: list[str] = []
    with suppress(GettyTokenError):
        setup = Setup.here()
        pair = setup.credentials()
        found += [pair.api_key, pair.api_secret]
        if token := setup.store(pair.fingerprint, lambda message: None).get().record.token:
            found.append(token.access_token)
    return found
