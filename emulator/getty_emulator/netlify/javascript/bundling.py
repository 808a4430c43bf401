"""Files that Node cannot load by itself, made into one CommonJS text by esbuild: the site's, or one of our own."""

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from getty_emulator.netlify.javascript.blobs import private_folder
from getty_emulator.netlify.javascript.discovery import Source
from getty_emulator.netlify.javascript.failures import Failed, Thrown
from getty_emulator.netlify.javascript.worker import HOST

ESBUILD = "esbuild@0.25"
PATIENCE = 120.0
"""Seconds for npm, or for a bundle."""

_FOR_NPM = frozenset(
    "path home tmpdir lang lc_all http_proxy https_proxy all_proxy no_proxy proxy "
    "ssl_cert_file ssl_cert_dir node_extra_ca_certs".split()
)


def for_npm(variables: Mapping[str, str]) -> dict[str, str]:
    """What npm needs of our environment. Packages run scripts of their own, so key and secret are not among it."""
    return {
        name: value
        for name, value in variables.items()
        if name.lower() in _FOR_NPM or name.lower().startswith("npm_config_")
    }


class Bundler:
    """`bundle` gives the text of a function for a process to compile. Nothing is written into the site."""

    def __init__(self, node: str, root: Path, cache: Path, warn: Callable[[str], None]) -> None:
        self._node = node
        self._root = root
        self._cache = cache
        self._warn = warn
        self._fetching = asyncio.Lock()

    async def bundle(self, source: Source) -> tuple[str, tuple[str, ...]]:
        """The text, and the files it was made of. Raises Failed."""
        esbuild = await self._esbuild(source)
        command = [self._node, str(HOST / "bundle.cjs"), str(esbuild), str(source.file), str(self._root)]
        status, out, _ = await _run(command, self._root, {"PATH": os.environ.get("PATH", "")})
        try:
            made = json.loads(out)
        except ValueError:
            raise Failed(Thrown("Error", f"esbuild ended with {status} and no bundle")) from None
        if "error" in made:
            raise Failed(Thrown("BundleError", str(made["error"])))
        return str(made["code"]), tuple(made["files"])

    async def _esbuild(self, source: Source) -> Path:
        for folder in (source.file.parent, *source.file.parents):
            if (found := folder / "node_modules" / "esbuild").is_dir():
                return found
            if folder == self._root:
                break
        async with self._fetching:
            ours = self._cache / "node_modules" / "esbuild"
            if not ours.is_dir():
                await self._fetch()
            return ours

    async def _fetch(self) -> None:
        npm = shutil.which("npm")
        mend = (
            "Install esbuild in the site (npm install --save-dev esbuild), or use Node 22.18 or newer for TypeScript."
        )
        if npm is None:
            raise Failed(Thrown("Error", f"this function needs esbuild, and there is no npm to fetch it. {mend}"))
        self._warn(f"fetching {ESBUILD} with npm, once, into {self._cache}")
        private_folder(self._cache)
        command = [npm, "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(self._cache), ESBUILD]
        status, _, said = await _run(command, self._cache, for_npm(os.environ))
        if status:
            last = (said.strip().splitlines() or ["no reason given"])[-1]
            raise Failed(Thrown("Error", f"this function needs esbuild, and npm could not fetch it: {last}. {mend}"))


async def _run(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, str, str]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    try:
        out, said = await asyncio.wait_for(process.communicate(), PATIENCE)
    except TimeoutError:
        process.kill()
        raise Failed(Thrown("TimeoutError", f"{Path(command[0]).name} took more than {PATIENCE:.0f} seconds")) from None
    return process.returncode or 0, out.decode(errors="replace"), said.decode(errors="replace")
