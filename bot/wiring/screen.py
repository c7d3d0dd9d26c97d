"""What sees into texts for the Will."""

from functools import cache

from safi.ports import Screen


@cache
def open_screen() -> Screen:
    """What libraries see in a text: made once, for it takes half a second and nothing about it ever changes."""
    from adapters.screen.libraries import LibraryScreen

    return LibraryScreen()
