"""The Node that is here, and the environment a function's process starts with."""

import json
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from getty_emulator.netlify.javascript.worker import HOST

KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
"""What a process needs of the environment it is started from. The rest of it is nobody's business but the shell's."""


def find(path: str | None) -> str | None:
    """The program, on this search path; None if there is none."""
    return shutil.which("node", path=path)


def environment(
    process: Mapping[str, str],
    site: Mapping[str, str],
    *,
    root: Path,
    getty: Collection[str],
    offline: bool,
    allow: Collection[str] = (),
    memory: int = 1024,
) -> dict[str, str]:
    """
    What a function sees: what the site configured, what AWS Lambda and Netlify's tool set, and little of `process`.

    `getty` are the hosts whose requests come to us. `offline`, the network ends here but for the hosts in `allow`.
    """
    kept = {name: process[name] for name in KEPT if name in process}
    network = {"getty": sorted(getty), "offline": offline, "allow": sorted(host.lower() for host in allow)}
    lambda_ = {
        "AWS_LAMBDA_FUNCTION_NAME": "handler",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "1.0",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "BUILD_ID": "0",
        "DEPLOY_ID": "0",
        "LC_ALL": "en_US.UTF-8",
        "TZ": "UTC",
        "LAMBDA_TASK_ROOT": str(root),
        "_HANDLER": "index.handler",
    }
    guard = f"--require {json.dumps(str(HOST / 'guard.cjs'))}"
    # Node's own variable, so that worker threads and Node programs that a function starts are guarded too.
    ours = {
        "GETTY_TOKEN_NETWORK": json.dumps(network),
        "NODE_OPTIONS": f"{site.get('NODE_OPTIONS', '')} {guard}".strip(),
    }
    return {**kept, **lambda_, **site, **ours}
