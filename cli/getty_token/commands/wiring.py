"""Builds what commands need out of the environment. Imports are inside: `status` must not pay for a token request."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from getty_token import credentials
from getty_token.config import Environment, Upstream, cache_folder, config_folder, upstream
from getty_token.stores.disk import DiskStore

if TYPE_CHECKING:
    from getty_token.credentials import Credentials
    from getty_token.source import Renewed, TokenSource
    from getty_token.tokens import Token


def warn(message: str) -> None:
    """A sentence on stderr that stops nothing."""
    print(f"getty-token: warning: {message}", file=sys.stderr)


@dataclass(frozen=True, slots=True)
class Setup:
    """Where we are: the environment, which Getty is meant, the folder of saved credentials, the folder of the store."""

    environment: Environment
    upstream: Upstream
    config: Path
    store_folder: Path

    @classmethod
    def here(cls) -> Setup:
        """The setup of this process, in this folder."""
        environment = Environment(os.environ, Path.cwd())
        return cls(environment, upstream(environment), config_folder(), cache_folder() / "store")

    def store(self, mark: str, on_warning: Callable[[str], None] = warn) -> DiskStore:
        """The store of the account with this fingerprint; a token for another Getty is another account's."""
        account = credentials.fingerprint(mark, self.upstream.auth_url.value)
        return DiskStore(self.store_folder, account, on_warning)

    def credentials(self) -> Credentials:
        """The API key and secret. Raises CredentialsError."""
        return credentials.find(self.environment, self.config)

    def source(
        self,
        pair: Credentials,
        command: str,
        on_renewed: Renewed = lambda _token, _reason: None,
        on_warning: Callable[[str], None] = warn,
    ) -> TokenSource:
        """The tokens of `pair`, through the shared store."""
        from getty_token.source import PATIENCE, PATIENCE_IN_TROUBLE, TokenSource

        return TokenSource(
            self.store(pair.fingerprint, on_warning),
            lambda: self.request_token(pair),
            who=f"getty-token {command} (process {os.getpid()})",
            # A server answers its callers within a second; a command that gave up so soon would never get a token.
            patience_in_trouble=PATIENCE_IN_TROUBLE if command == "serve" else PATIENCE,
            on_renewed=on_renewed,
            on_warning=on_warning,
        )

    def request_token(self, pair: Credentials) -> Token:
        """One token request. Raises what oauth.read_token and transport.reaching raise."""
        import time

        from getty_token import oauth, transport

        url = self.upstream.token_url
        with transport.client(read_timeout=transport.TOKEN_TIMEOUT - transport.CONNECT_TIMEOUT) as http:
            request = oauth.token_request(pair, url)
            requested_at = time.time()
            with transport.reaching(url):
                response = transport.whole(http, request, transport.TOKEN_TIMEOUT)
            return oauth.read_token(response, requested_at)
