"""What a type checker tells a stranger. mypy in strict mode complains if one of these is no mistake any more."""

from datetime import date

from getty_token import Getty, Image


def mistakes(getty: Getty) -> None:
    """Never run."""
    getty.search("boat", orientations="diagonal")  # type: ignore[arg-type]
    getty.search("boat", orientations=["horizontal", "diagonal"])  # type: ignore[list-item]
    getty.search("boat", safe_search="yes")  # type: ignore[arg-type]
    getty.search("boat", number_of_peple="one")  # type: ignore[call-arg]
    getty.search("boat", "creativ")  # type: ignore[arg-type]
    getty.search("boat", minimum_quality_rank=4)  # type: ignore[arg-type]
    getty.search("boat", "editorial", date_from=date(2024, 5, 1), moods="warm", event_ids=[1, 2])  # fine
    for image in getty.search("boat"):
        image["titel"]  # type: ignore[typeddict-item]
        image["max_dimensions"]["depth"]  # type: ignore[typeddict-item]
        image["title"].upper()  # type: ignore[union-attr] # it may be None
        image["id"].upper()  # fine


def title(image: Image) -> str:
    """Never run."""
    return image["title"]  # type: ignore[return-value]
