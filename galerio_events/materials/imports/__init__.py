"""What somebody sends, recognised by its content. A name or a type that a browser states counts for nothing."""

from galerio_events.materials.imports.pictures import clean_picture
from galerio_events.materials.imports.recognising import recognised

__all__ = ["clean_picture", "recognised"]
