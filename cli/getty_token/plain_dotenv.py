"""
A `.env` as most are: NAME=value and comments. python-dotenv reads the others; to import it costs as much as `status`.
"""

_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_VALUE = _NAME | frozenset("-+.,:;/=@%&?!~*^|()[]{}")


def read_plain(text: str) -> dict[str, str] | None:
    """What `text` sets, as python-dotenv would say; None if there is anything in it that only python-dotenv knows."""
    found = {}
    for line in text.split("\n"):
        line = line.strip()
        if line and not line.startswith("#"):
            name, equals, value = line.removeprefix("export ").partition("=")
            # Quotes, blanks, backslashes, # and $ have rules of their own.
            if not (name and equals and _NAME.issuperset(name) and _VALUE.issuperset(value)):
                return None
            found[name] = value
    return found
