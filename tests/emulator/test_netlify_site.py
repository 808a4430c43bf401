"""A site's functions as a browser reaches them, with a Getty that is a function."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
import pytest

from getty_emulator.asgi import Application
from getty_emulator.events import Answered, Event
from getty_emulator.exchange import Answer, Call, Incoming
from getty_emulator.netlify.functions import BuiltIn, Defined, Function, Permissions
from getty_emulator.netlify.paths import Route
from getty_emulator.netlify.site import Site
from getty_token.errors import NoRecording
from getty_token.operations import operation_named

IMAGE = operation_named("GET /v3/images/{id}")
assert IMAGE
FUNCTIONS: Mapping[str, Function] = {"getty": BuiltIn(Permissions()), "image": Defined("image", IMAGE, ("fields",))}


@dataclass
class Getty:
    """Remembers the calls it is asked to answer."""

    failure: Exception | None = None
    calls: list[Call] = field(default_factory=list)

    async def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        if self.failure:
            raise self.failure
        return Answer(200, ((b"content-type", b"application/json"),), b"{}", "live")


def picture(target: str) -> Answer:
    return Answer(200, ((b"content-type", b"image/svg+xml"),), target.encode(), "sandbox")


def browsed(
    getty: Getty,
    target: str,
    method: str = "GET",
    site: Site | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[httpx.Response, Answered]:
    """The response that a browser gets through Gatsby's proxy, and what is told of it."""
    events: list[Event] = []
    application = Application((site or Site(FUNCTIONS, getty)).answer, events.append)

    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport) as client:
            # The path as it is written: httpx would tidy it.
            url = httpx.URL("http://localhost:8000").copy_with(raw_path=target.encode("ascii"))
            return await client.request(method, url, headers=headers)

    response = asyncio.run(exchange())
    [event] = events
    assert isinstance(event, Answered)
    return response, event


@pytest.mark.parametrize("prefix", ["/.netlify/functions", "//.netlify/functions", ""])
def test_a_function_is_reached_with_its_prefix_without_it_and_behind_doubled_slashes(prefix: str) -> None:
    getty = Getty()

    for target in ("/getty/v3/images/12?fields=title", "/image/12?fields=title", "/image?fields=title&id=12"):
        response, told = browsed(getty, prefix + target)
        assert response.status_code == 200
        assert told.target == prefix + target

    assert {call.target for call in getty.calls} == {"/v3/images/12?fields=title"}


def test_nothing_of_the_browsers_but_language_and_country_comes_along() -> None:
    getty = Getty()
    sent = {
        "cookie": "a=b",
        "authorization": "Bearer x",
        "api-key": "x",
        "accept-language": "de",
        "x-forwarded-for": "x",
    }

    browsed(getty, "/getty/v3/countries", headers=sent)

    assert getty.calls[0].headers == {"accept-language": "de"}


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("/.netlify/functions/pictures", "There is no function pictures; there are: getty, image."),
        ("/.netlify/functions/Getty/v3/countries", "There is no function Getty; there are: getty, image."),
        ("//.netlify/functions/pictures", "There is no function pictures; there are: getty, image."),
        ("/pictures", "That is not below /.netlify/functions/; the functions are: getty, image."),
        ("/v3/countries", "That is not below /.netlify/functions/; the functions are: getty, image."),
        ("/", "That is not below /.netlify/functions/; the functions are: getty, image."),
        ("/media/1.svg", "That is not below /.netlify/functions/; the functions are: getty, image."),
    ],
)
def test_an_unknown_function_gets_netlifys_words_and_the_terminal_the_names_of_those_there_are(
    target: str, reason: str
) -> None:
    getty = Getty()

    response, told = browsed(getty, target)

    assert (response.status_code, response.content) == (404, b"Function not found...")
    assert "content-type" not in response.headers
    assert told.reason == reason
    assert getty.calls == []


def test_a_path_that_must_not_be_forwarded_is_400_with_the_reason() -> None:
    getty = Getty()

    response, told = browsed(getty, "/.netlify/functions/getty/v3/%2e%2e/x")

    assert response.status_code == 400
    assert response.json()["detail"] == told.reason == "The path has a dot segment."
    assert getty.calls == []


def test_what_a_function_refuses_never_reaches_getty() -> None:
    getty = Getty()

    response, told = browsed(getty, "/getty/v3/downloads/images/1", "POST")

    assert response.status_code == told.status == 403
    assert getty.calls == []


def test_the_answer_that_getty_has_none_for_is_an_error_with_the_reason() -> None:
    getty = Getty(NoRecording("no cassette holds that.", "The nearest is a.yaml.", "Record it."))

    response, told = browsed(getty, "/getty/v3/countries")

    assert response.status_code == 502
    assert told.reason == response.json()["detail"] == "no cassette holds that. The nearest is a.yaml. Record it."


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("HEAD", 200), ("POST", 405), ("DELETE", 405)])
def test_pictures_are_had_where_there_are_any_and_only_with_get(method: str, status: int) -> None:
    getty = Getty()
    site = Site(FUNCTIONS, getty, picture)

    response, _ = browsed(getty, "/media/1.svg?s=170", method, site)

    assert response.status_code == status
    assert (response.content == b"/media/1.svg?s=170") is (method == "GET")
    assert getty.calls == []


@dataclass
class Greeter:
    """A function that answers by itself."""

    async def handle(self, route: Route, incoming: Incoming) -> Answer:
        return Answer(200, (), f"{route.name} {route.rest} {incoming.query}".encode(), "function")


def test_a_function_that_answers_by_itself_is_asked_at_every_request() -> None:
    getty = Getty()
    site = Site(FUNCTIONS, getty, handlers={"hello": Greeter()})

    first, _ = browsed(getty, "/.netlify/functions/hello/a?x=1", site=site)
    second, _ = browsed(getty, "/.netlify/functions/hello", "POST", site=site)

    assert (first.text, second.text) == ("hello /a x=1", "hello / ")
    assert getty.calls == []


def test_an_unknown_function_is_told_of_all_that_there_are() -> None:
    getty = Getty()

    _, told = browsed(getty, "/.netlify/functions/helo", site=Site(FUNCTIONS, getty, handlers={"hello": Greeter()}))

    assert told.reason == "There is no function helo; there are: getty, hello, image."
