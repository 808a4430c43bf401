"""
The operating system's keychain, through keyring (the extra `keychain`), where it is installed and works.

Importing keyring costs as much as everything else together, so only what needs a secret comes here.
"""

import json

SERVICE = "getty-token"


def save(api_key: str, api_secret: str, entry: str) -> str:
    """Keep the pair under `entry`; gives the keychain's name, or an empty string if there is none that works."""
    try:
        import keyring

        backend = keyring.get_keyring()
        if backend.priority <= 0:  # the backends that stand for "none"
            return ""
        pair = json.dumps([api_key, api_secret])
        keyring.set_password(SERVICE, entry, pair)
        # Some keychains accept and forget: only what can be read back counts as kept.
        return backend.name if keyring.get_password(SERVICE, entry) == pair else ""
    except Exception:  # keyring's backends raise whatever their libraries raise; any failure means: use the file
        return ""


def load(entry: str) -> tuple[str, str] | None:
    """The pair, or None if the keychain does not give it."""
    try:
        import keyring

        api_key, api_secret = json.loads(keyring.get_password(SERVICE, entry) or "")
    except Exception:
        return None
    return str(api_key), str(api_secret)


def forget(entry: str) -> bool:
    """Remove the pair; gives whether there was one."""
    try:
        import keyring

        if keyring.get_password(SERVICE, entry) is None:  # some backends delete what is not there without a word
            return False
        keyring.delete_password(SERVICE, entry)
    except Exception:
        return False
    return True
