"""Which names can only mean this machine. No I/O."""


def is_loopback(host: str) -> bool:
    """Whether `host` (a name or an address without brackets) is this machine's loopback; `.localhost` by RFC 6761."""
    if host in ("localhost", "::1") or host.endswith(".localhost"):
        return True
    parts = host.split(".")
    return len(parts) == 4 and parts[0] == "127" and all(part.isdecimal() and int(part) < 256 for part in parts)
