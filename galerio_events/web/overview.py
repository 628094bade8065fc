"""The organisers' overview of an event: every feature adds its own card, so that none needs to know the others."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.permissions import Actor, Permission, can


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says. `figure` is the one thing to see at a glance; `state` is ok, attention or quiet."""

    title: str
    figure: str
    text: str
    address: str
    link: str
    state: str = "quiet"


CardMaker = Callable[[Session, Event], Card]
_makers: dict[str, tuple[int, Permission, CardMaker]] = {}


def overview_card(order: int, permission: Permission) -> Callable[[CardMaker], CardMaker]:
    """Show the card that the decorated function makes, in that place, to whoever has the permission on the event."""

    def register(maker: CardMaker) -> CardMaker:
        _makers[f"{maker.__module__}.{maker.__qualname__}"] = (order, permission, maker)
        return maker

    return register


def cards(db_session: Session, event: Event, who: Actor) -> list[Card]:
    """The cards that this actor may see, in order."""
    chosen = sorted(_makers.values(), key=lambda entry: entry[0])
    return [make(db_session, event) for _, permission, make in chosen if can(who, permission, event_id=event.id)]
