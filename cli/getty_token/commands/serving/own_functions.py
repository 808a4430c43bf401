"""The site's own JavaScript functions: what they see of the environment, and whom they reach."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path

from getty_emulator.exchange import Answer, Call, problem
from getty_emulator.netlify import environment as site_environment
from getty_emulator.netlify.functions import Permissions
from getty_emulator.netlify.javascript import node
from getty_emulator.netlify.javascript.blobs_server import BlobsServer
from getty_emulator.netlify.javascript.functions import JavaScript
from getty_emulator.netlify.javascript.instances import Policy
from getty_emulator.netlify.javascript.settings import UNLINKED, Settings
from getty_emulator.netlify.javascript.upcalls import HOSTS, Upcalls
from getty_emulator.netlify.project import Project
from getty_emulator.netlify.settings import Settings as Site
from getty_emulator.sandbox import TEST_KEY, TEST_SECRET
from getty_token.commands.serving.backend import Backend
from getty_token.commands.serving.options import Mode, Options
from getty_token.config import cache_folder, config_folder
from getty_token.credentials import CredentialsFile
from getty_token.errors import GettyTokenError
from getty_token.stores.local_blobs import local_blobs

KEY, SECRET = "GETTY_API_KEY", "GETTY_API_SECRET"


def own_functions(
    site: Site, project: Project, options: Options, backend: Backend, permissions: Permissions, address: str
) -> JavaScript:
    """The functions in the site's folder, once they are asked for."""
    offline = options.mode is Mode.OFFLINE
    environment = visible(site, project, address, offline)

    async def nobody(call: Call) -> Answer:
        return problem(501, "No tokens", "Nobody answers token requests here.")

    upcalls = Upcalls(
        backend.getty,
        backend.tokens or nobody,
        permissions,
        backend.listener,
        backend.gateway or (lambda _: None),
    )
    settings = Settings(
        root=site.folder,
        folder=site.functions,
        node=node.find(os.environ.get("PATH")),
        environment=environment,
        table=cache(lambda name: asdict(site.function(name))),
        watch=backend.watch,
        timeout=options.timeout,
        memory=options.memory,
        policy=Policy(options.instances, options.cold_rate, *options.recycle_after),
        front=options.front,
        country="" if options.country == "us" else options.country.upper(),
        cache=Path(cache_folder()) / "esbuild",
        blobs=BlobsServer(local_blobs(cache_folder(), site.folder), UNLINKED),
    )
    return JavaScript(settings, upcalls.answer, backend.listener)


def visible(site: Site, project: Project, address: str, offline: bool) -> Callable[[], dict[str, str]]:
    """What a function's process starts with, read anew when it starts: a `.env` may have changed."""
    known = _known_secrets() if offline else set()

    def environment() -> dict[str, str]:
        configured, _ = site_environment.environment(site, {}, address)
        # Of the environment we were started in, functions see what the site itself has a name for.
        process = {name: os.environ[name] for name in (*configured, *project.pass_environment) if name in os.environ}
        found, _ = site_environment.environment(site, process, address)
        values = site_environment.values(found)
        values = sandboxed(values, known) if offline else {KEY: TEST_KEY, SECRET: TEST_SECRET, **values}
        hosts = project.allow_hosts
        return node.environment(os.environ, values, root=site.folder, getty=HOSTS, offline=offline, allow=hosts)

    return environment


def sandboxed(values: Mapping[str, str], known: set[str]) -> dict[str, str]:
    """
    `values` with the sandbox's credentials where Getty's were: by name, and wherever one of `known` stands.

    Offline no function sees the real ones, so that none can print, store or send them.
    """
    made = {KEY: TEST_KEY, SECRET: TEST_SECRET}
    known = known | {value for name, value in values.items() if name in made and value}
    for name, value in values.items():
        if "getty" in name.lower() and (stands_in := _stand_in(name)):
            made[name] = stands_in
        elif any(secret in value for secret in known if len(secret) >= 6):
            made[name] = TEST_SECRET
        else:
            made.setdefault(name, value)
    return made


def _stand_in(name: str) -> str:
    if re.search("secret|password", name, re.IGNORECASE):
        return TEST_SECRET
    return TEST_KEY if re.search("key|client_?id", name, re.IGNORECASE) else ""


def _known_secrets() -> set[str]:
    """The key and secret of this person as far as a file or a variable has them; no keychain is asked."""
    found = {os.environ[name] for name in (KEY, SECRET, "GETTY_ACCESS_TOKEN") if os.environ.get(name)}
    try:
        saved = CredentialsFile(config_folder()).load() or {}
    except GettyTokenError:
        saved = {}
    return found | {saved[name] for name in ("api_key", "api_secret") if saved.get(name)}
