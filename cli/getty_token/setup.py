"""
Builds what is needed out of the environment: store, credentials, source of tokens.

Imports are inside: `status` must not pay for a token request.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from getty_token import credentials, profiles
from getty_token.addresses import addresses, trusted
from getty_token.config import (
    USER_FILE,
    Environment,
    cache_folder,
    config_folder,
    windows,
)
from getty_token.errors import WrongUsage
from getty_token.stores.disk import DiskStore

if TYPE_CHECKING:
    from getty_token.credentials import Credentials
    from getty_token.source import Renewed, TokenSource
    from getty_token.stores.contract import TokenStore
    from getty_token.tokens import Token


STORE = "GETTY_TOKEN_STORE"
"""The variable that names the store."""


def warn(message: str) -> None:
    """A sentence on stderr that stops nothing."""
    print(f"getty-token: warning: {message}", file=sys.stderr)


class Setup:
    """
    Where we are: the environment, which Getty is meant, the folder of the profile's saved credentials, the folder of
    the store.
    """

    def __init__(self, environment: Environment, config: str, store_folder: str) -> None:
        self.environment = environment
        self.upstream = addresses(environment)
        self.config = config
        self.store_folder = store_folder

    @classmethod
    def here(cls) -> Setup:
        """The setup of this process, in this folder."""
        home = config_folder()
        environment = Environment(os.environ, os.getcwd(), os.path.join(home, USER_FILE))
        saved = profiles.folder(home, environment.profile.value)
        return cls(environment, saved, os.path.join(cache_folder(), "store"))

    def store(self, mark: str, on_warning: Callable[[str], None] = warn, address: str | None = None) -> TokenStore:
        """
        The store of the account with this fingerprint; a token for another Getty is another account's.

        It is the one at `address`, else at GETTY_TOKEN_STORE, else on disk.
        """
        account = credentials.fingerprint(mark, self.upstream.auth_url.value)
        origin = ""
        if address is None:
            setting = trusted(self.environment, STORE)
            origin = setting.origin if setting else ""
            address = setting.value if setting else ""
        if not address:
            return DiskStore(self.store_folder, account, on_warning)
        from getty_token.stores.address import open_store

        try:
            return open_store(self._named(address), account, self.store_folder, on_warning)
        except WrongUsage as error:
            if not origin:
                raise
            raise WrongUsage(error.what, f"{error.why} It is {origin}.", error.mend) from None

    def _named(self, address: str) -> str:
        """`env:NAME` is what the variable NAME says: so an address with a password need not be an argument."""
        kind, _, name = address.partition(":")
        if kind != "env":
            return address
        setting = self.environment.get(name)
        if setting is None:
            raise WrongUsage(f"the variable {name} is not set.", f"The store is named as {address}.")
        return setting.value

    def credentials(self) -> Credentials:
        """The API key and secret. Raises CredentialsError."""
        from getty_token.crashes import forbid_core_dumps

        forbid_core_dumps()
        return credentials.find(self.environment, self.config)

    def source(
        self,
        pair: Credentials,
        command: str,
        on_renewed: Renewed = lambda _token, _reason: None,
        on_warning: Callable[[str], None] = warn,
    ) -> TokenSource:
        """The tokens of `pair`, through the shared store."""
        from getty_token.clocks import GettyClock
        from getty_token.source import PATIENCE, PATIENCE_IN_TROUBLE, TokenSource

        store, clock = self.store(pair.fingerprint, on_warning), GettyClock()
        # Those who share a disk share its clock, right or wrong: only other machines need it put right.
        learn = None if isinstance(store, DiskStore) else clock.learn
        return TokenSource(
            store,
            lambda: self.request_token(pair, on_warning, learn),
            windows=windows(self.environment),
            clock=clock,
            who=f"getty-token {command} (process {os.getpid()})",
            # A server answers its callers within a second; a command that gave up so soon would never get a token.
            patience_in_trouble=PATIENCE_IN_TROUBLE if command == "serve" else PATIENCE,
            on_renewed=on_renewed,
            on_warning=on_warning,
        )

    def request_token(
        self,
        pair: Credentials,
        on_warning: Callable[[str], None] = warn,
        learn: Callable[[float], None] | None = None,
    ) -> Token:
        """
        One token request. That this machine's clock is wrong is a warning; `learn` hears by how much, and then the
        token's times are Getty's.

        Raises what oauth.read_token and transport.reaching raise.
        """
        import time

        from getty_token import oauth, transport

        url = self.upstream.token_url
        with transport.client(read_timeout=transport.TOKEN_TIMEOUT - transport.CONNECT_TIMEOUT) as http:
            request = oauth.token_request(pair, url)
            requested_at = time.time()
            with transport.reaching(url):
                response = transport.whole(http, request, transport.TOKEN_TIMEOUT)
        if behind := oauth.seconds_behind(response, requested_at, time.time()):
            where = f"{abs(behind) / 60:.0f} min {'behind' if behind > 0 else 'ahead of'} Getty's"
            on_warning(f"the clock of this machine is {where}; set it right.")
        if learn is None:
            return oauth.read_token(response, requested_at)
        learn(behind)
        return oauth.read_token(response, requested_at + behind)
