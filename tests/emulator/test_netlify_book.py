"""When the rules of a site are read anew, and what is told then."""

from pathlib import Path

from getty_emulator.netlify.book import LOOK, Book


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def targets(book: Book) -> list[str]:
    return [rule.target for rule in book.rules.redirects.rules]


def test_a_change_is_seen_at_the_next_look_and_what_is_wrong_with_it_is_told(tmp_path: Path) -> None:
    clock, told = Clock(), list[str]()
    book = Book(tmp_path, told.append, clock)
    (tmp_path / "_redirects").write_text("/a /b\n/broken\n")

    assert targets(book) == []
    clock.now += LOOK
    assert targets(book) == ["/b"]
    assert told == ["_redirects:2: Missing destination path/URL"]

    clock.now += LOOK
    assert targets(book) == ["/b"]
    assert len(told) == 1


def test_a_netlify_toml_that_broke_leaves_the_rules_from_before(tmp_path: Path) -> None:
    clock, told = Clock(), list[str]()
    toml = tmp_path / "netlify.toml"
    toml.write_text('[[redirects]]\nfrom = "/a"\nto = "/b"\n')
    book = Book(tmp_path, told.append, clock)

    toml.write_text("[[redirects")
    clock.now += LOOK

    assert targets(book) == ["/b"]
    assert "is not TOML" in told[0] and "The rules from before stay." in told[0]

    toml.unlink()
    clock.now += LOOK

    assert targets(book) == []


def test_the_rules_of_another_publish_folder_are_found_when_netlify_toml_names_it(tmp_path: Path) -> None:
    clock = Clock()
    book = Book(tmp_path, lambda _: None, clock)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "_redirects").write_text("/a /b\n")
    (tmp_path / "netlify.toml").write_text('[build]\npublish = "out"\n')
    clock.now += LOOK
    assert targets(book) == ["/b"]

    (tmp_path / "out" / "_redirects").write_text("/a /another\n")
    clock.now += LOOK

    assert targets(book) == ["/another"]
