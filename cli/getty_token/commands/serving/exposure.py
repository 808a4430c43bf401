"""Listening to other machines: asked for with --host, and never without a key."""

import secrets

from getty_token.loopback import is_loopback


def key_for(host: str) -> str:
    """The key that requests from other machines have to show in this run; none where nothing listens to them."""
    return "" if not host or is_loopback(host.strip("[]")) else secrets.token_urlsafe(24)


def exposure(host: str, key: str) -> list[str]:
    """What a person has to know about it, in lines for the terminal."""
    if not key:
        return []
    return [f"  also on {host}; other machines send this, new with each run:", f"    Authorization: Bearer {key}"]
