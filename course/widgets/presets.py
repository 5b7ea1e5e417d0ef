"""Preset list: fields to change one by one, and well-known values that fill them all."""

from collections.abc import Iterable
from contextlib import contextmanager

from ipywidgets import Dropdown, ValueWidget, VBox, Widget
from ipywidgets.widgets.widget_description import DescriptionWidget

OWN = "your own"


class PresetEditor(VBox, DescriptionWidget, ValueWidget):
    """A list above the fields that it fills in; it says "your own" once a person changed a field.

    However many fields change at once, `value` changes once, so that a picture is drawn once.

    Args:
        names: of the well-known values.
        name: the one to begin with; the fields show it already.
        description: the label of the list.
        fields: what a person changes.
        grid: how the fields are laid out.
        value: what the fields say.

    Attributes:
        value: set from the fields.
        known: the list.
    """

    def __init__(
        self, names: Iterable[str], name: str, description: str, fields: list[Widget], grid: Widget, value
    ):
        self.known = Dropdown(options=[*names, OWN], value=name, description=description)
        self.known.style.description_width = "10em"
        self.known.layout.width = "32em"
        for field in fields:
            field.observe(self._field_changed, names="value")
        self.known.observe(self._name_chosen, names="value")
        self._filling = False
        super().__init__([self.known, grid], value=value)

    def fill(self, name: str) -> None:
        """Set the fields to a well-known value."""
        raise NotImplementedError

    def read(self) -> object:
        """The value that the fields show."""
        raise NotImplementedError

    def _name_chosen(self, change: dict) -> None:
        if change["new"] != OWN and not self._filling:
            with self._filled():
                self.fill(change["new"])

    def _field_changed(self, change: dict) -> None:
        if not self._filling:
            with self._filled():
                self.known.value = OWN

    @contextmanager
    def _filled(self):
        self._filling = True
        try:
            yield
        finally:
            self._filling = False
        self.value = self.read()
