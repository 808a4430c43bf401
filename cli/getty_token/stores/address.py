"""A store chosen by its address: `--store`, or GETTY_TOKEN_STORE, or the disk."""

from collections.abc import Callable
from os import PathLike

from getty_token.errors import WrongUsage
from getty_token.stores.contract import TokenStore

FORMS = {
    "disk": "disk:///FOLDER",
    "redis": "redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]",
    "dynamodb": "dynamodb://TABLE?region=REGION",
    "workers-kv": "workers-kv://ACCOUNT_ID/NAMESPACE_ID",
    "netlify-blobs": "netlify-blobs://SITE_ID/STORE_NAME",
    "memory": "memory:",
}
"""How each home is written."""


_SCHEMES = {*FORMS, "rediss", "valkey", "valkeys", "unix"}


def check(address: str) -> None:
    """Raises WrongUsage for an address of no kind of store; opens nothing."""
    scheme, _, rest = address.partition(":")
    if scheme not in _SCHEMES:
        raise _meaningless(address, "There is no such kind of store.")
    if scheme == "disk" and rest and not rest.startswith("///"):
        raise _meaningless(address, "A folder is written whole, with three slashes.")


def open_store(
    address: str, account: str, folder: str | PathLike[str], on_warning: Callable[[str], None]
) -> TokenStore:
    """
    The store at `address` for `account`; the default, an empty address, is the disk at `folder`.

    Raises WrongUsage for an address that means nothing, or whose extra is not installed.
    """
    # Each home is imported where it is asked for: most of them bring a library of their own.
    if address:
        check(address)
    scheme, _, rest = address.partition(":")
    if scheme in ("", "disk"):
        from getty_token.stores.disk import DiskStore

        return DiskStore(rest.removeprefix("//") or folder, account, on_warning)
    if scheme == "memory":
        from getty_token.stores.memory import MemoryStore

        return MemoryStore()
    if scheme in ("redis", "rediss", "valkey", "valkeys", "unix"):
        from getty_token.stores.redis import RedisStore

        return RedisStore(address, account, on_warning)
    if scheme == "dynamodb":
        from getty_token.stores.dynamodb import DynamoDBStore

        return DynamoDBStore(address, account, on_warning)
    if scheme == "workers-kv":
        from getty_token.stores.workers_kv import WorkersKVStore

        return WorkersKVStore(address, account, on_warning)
    if scheme == "netlify-blobs":
        from getty_token.stores import local_blobs
        from getty_token.stores.netlify_blobs import NetlifyBlobsStore

        if rest.startswith(f"//{local_blobs.SITE}/"):
            from pathlib import Path

            from getty_token.config import cache_folder

            there, variables = local_blobs.named(address, cache_folder(), Path.cwd())
            return NetlifyBlobsStore(there, account, on_warning, environment=variables)
        return NetlifyBlobsStore(address, account, on_warning)
    raise _meaningless(address, "There is no such kind of store.")


def _meaningless(address: str, why: str) -> WrongUsage:
    # The address may hold a password: only what stands before its first slash is repeated.
    kind = address.partition("/")[0][:40]
    return WrongUsage(f"the store {kind!r} means nothing.", why, f"Write it like {', '.join(FORMS.values())}.")
