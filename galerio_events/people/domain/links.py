"""Addresses on the web that somebody wants to be found at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from galerio_events.events.domain.settings import is_web_address

LINK_LENGTH = 500
LINK_TITLE_LENGTH = 120
MOST_LINKS = 8


@dataclass(frozen=True, slots=True)
class PersonLink:
    """A web address, and what to call it; without a title it is called by the address."""

    url: str
    title: str = ""

    @property
    def label(self) -> str:
        """What readers see."""
        return self.title or self.url.removeprefix("https://").rstrip("/")

    def plain(self) -> dict[str, str]:
        """The link in JSON."""
        return {"url": self.url, "title": self.title}


def is_good_link(link: PersonLink) -> bool:
    """Whether the link can be published: to an encrypted address, neither part too long."""
    return is_good_address(link.url) and len(link.title) <= LINK_TITLE_LENGTH


def is_good_address(url: str) -> bool:
    """Whether this is an https address of a length that can be kept."""
    return len(url) <= LINK_LENGTH and url.startswith("https://") and is_web_address(url)


def links_to_plain(links: Iterable[PersonLink]) -> list[dict[str, str]]:
    """The links in JSON."""
    return [link.plain() for link in links]


def links_from_plain(plain: Sequence[Mapping[str, Any]]) -> tuple[PersonLink, ...]:
    """The links that `links_to_plain` wrote."""
    return tuple(PersonLink(str(link["url"]), str(link.get("title", ""))) for link in plain)
