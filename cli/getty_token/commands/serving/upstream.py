"""Getty itself, signed for, and recorded where that is wanted. The one place where secrets and emulator meet."""

import time
from pathlib import Path

from getty_emulator.events import Listener, TokenRenewed, Warned
from getty_emulator.watch import Watch
from getty_token.commands.serving.backend import Backend
from getty_token.commands.serving.options import Options
from getty_token.commands.serving.shared_token import SharedToken
from getty_token.commands.serving.terminal import scrubbing
from getty_token.crashes import forbid_core_dumps
from getty_token.errors import NoCredentials
from getty_token.setup import Setup


def backend(recordings: Path | None, log: Listener, options: Options) -> Backend:
    """Getty itself, recorded into `recordings` if there is such a folder to be. Raises NoCredentials."""
    from getty_emulator.live import Live
    from getty_token.auth import GettyAuth
    from getty_token.redaction import Secrets
    from getty_token.upstream import Upstream, way

    setup = Setup.here()
    forbid_core_dumps(children_too=True)
    try:
        pair = setup.credentials()
    except NoCredentials as error:
        mend = f"{error.mend} Or work without a key: getty-token serve --offline"
        raise NoCredentials(error.what, error.why, mend) from None
    secrets = Secrets([pair.api_key, pair.api_secret])
    listener = scrubbing(log, secrets)
    source = setup.source(
        pair,
        "serve",
        lambda token, reason: log(TokenRenewed(token.expires_at - time.time(), token.requests, reason)),
        lambda text: log(Warned(text)),
    )
    url = setup.upstream.api_url.value
    host = url.partition("//")[2]
    getty = Upstream(url, GettyAuth(pair.api_key, source, secrets.add), way(url))
    live = Live(getty, secrets.found_in)
    tokens = SharedToken(pair, source, setup.upstream.token_url, secrets.add)
    if recordings is None:
        banner = f"live: requests reach {host}, signed with the key from {pair.origin}"
        return Backend(live, banner, listener, close=getty.aclose, tokens=tokens.answer, watch=Watch(secrets))
    from getty_token.commands.serving.recording import recorded

    taped = recorded(live, url, secrets, recordings, options, log)

    async def close() -> None:
        await taped.close()
        await getty.aclose()

    return Backend(taped.getty, taped.banner, listener, close=close, tokens=tokens.answer, watch=Watch(secrets))
