"""
getty-token: one short-lived Getty Images access token, kept where no browser sees it.

    from getty_token import AsyncGetty, Getty, GettyAuth, GettyTokenError

What stands in `__all__` is imported when it is first used: `import getty_token` costs next to nothing.
"""

__version__ = "0.1.0"

__all__ = ["AsyncGetty", "Family", "Getty", "GettyAuth", "GettyTokenError", "Image"]

TYPE_CHECKING = False  # as type checkers read it; importing typing would cost more than all the rest
if TYPE_CHECKING:
    from getty_token.async_client import AsyncGetty
    from getty_token.auth import GettyAuth
    from getty_token.client import Getty
    from getty_token.errors import GettyTokenError
    from getty_token.images import Image
    from getty_token.queries import Family
else:
    _HOMES = {
        "AsyncGetty": "async_client",
        "Family": "queries",
        "Getty": "client",
        "GettyAuth": "auth",
        "GettyTokenError": "errors",
        "Image": "images",
    }

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
