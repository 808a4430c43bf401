"""getty-token: one short-lived Getty Images access token, kept where no browser sees it."""

__version__ = "0.1.0"
