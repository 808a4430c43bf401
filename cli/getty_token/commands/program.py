"""
The list of commands, by what people want.

A command is imported when it is used, so this page is all that `--help` and completion read. One more command is one
more line; its family, a `typer.Typer` called `family`, is in the module that the line names.
"""

from typing import NamedTuple

FAMILIES = "getty_token.commands.families"


class Entry(NamedTuple):
    """A line of the list. `module` is one of the families; `name` is a command in it, or the family's own name."""

    name: str
    module: str
    says: str


SECTIONS: dict[str, tuple[Entry, ...]] = {
    "Credentials and token": (
        Entry("login", "account", "Ask for the API key and secret, check them, and save them."),
        Entry("logout", "account", "Forget the saved API key and secret, and their token."),
        Entry("profiles", "account", "List the saved Getty accounts."),
        Entry("status", "account", "Say how the token is; exit code 3 if it is not fresh."),
        Entry("token", "account", "Print a valid access token, or nothing."),
        Entry("refresh", "account", "Get a new token if the one in the store is not fresh."),
        Entry("clear", "account", "Drop the token from the store."),
        Entry("exec", "account", "Run a command with GETTY_ACCESS_TOKEN set."),
        Entry("store", "stores", "Copy a token between stores; put a store to the test."),
    ),
    "Emulator": (
        Entry("serve", "emulator", "Stand where Netlify's functions stand while `gatsby develop` runs."),
        Entry("invoke", "emulator", "Call one of the site's functions, without a server."),
        Entry("sandbox", "emulator", "Run the made-up Getty on its own, for other clients."),
        Entry("faults", "control", "Let a running `serve` or `sandbox` fail on demand."),
        Entry("clock", "control", "Say or move the time of a running `sandbox`."),
        Entry("routes", "site", "Print who answers which path of the site, and why."),
    ),
    "Searches": (
        Entry("search", "searches", "Search for images: a table, JSON, CSV, a contact sheet."),
        Entry("images", "searches", "Print the details of images by their ids."),
    ),
    "Recordings": (Entry("cassette", "cassettes", "Look at recordings, compare, clean, check and make them."),),
    "Project": (
        Entry("init", "project", "Set a Gatsby or Netlify site up; show the changes and ask."),
        Entry("dev", "project", "Run `serve` and your site's own command together."),
        Entry("doctor", "project", "Look at what could be wrong, and say what mends it."),
        Entry("scan", "project", "Look for key, secret and token where they must not be."),
        Entry("config", "config", "Show and change settings."),
    ),
    "Help": (
        Entry("help", "about", "Explain a command, or a topic such as environment or exit-codes."),
        Entry("completion", "about", "Print what makes a shell complete getty-token's words."),
        Entry("version", "about", "Print the version."),
    ),
}
ENTRIES = {entry.name: entry for entries in SECTIONS.values() for entry in entries}
