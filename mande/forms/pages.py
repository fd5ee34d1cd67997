"""The HTML pages of the forms, from the templates beside their words."""

from __future__ import annotations

from mande.catalog import Room, room_folder

__all__ = ["render_page"]


def render_page(template: str, **context: object) -> str:
    """One HTML page that needs nothing else. Everything from an instrument is escaped, nothing outside is read."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(room_folder(Room.TEMPLATES) / "form"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(context)
