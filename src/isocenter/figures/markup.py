"""HTML from Python calls, safe by construction: text is escaped unless it is already markup.

In:   names of elements, attributes, children. Out: Html, a str that is known to be markup.
Not:  no templates, no pages.
"""

from collections.abc import Iterable, Sequence
from html import escape

from isocenter.figures.style import to_data_uri
from isocenter.figures.words import number

_VOID = frozenset({"br", "hr", "img", "meta", "link", "col", "input"})


class Html(str):
    """Markup; every other str is text and gets escaped."""

    __slots__ = ()


def element(name: str, /, *children: object, **attributes: object) -> Html:
    """Return <name attributes>children</name>.

    children   : Html stays, None vanishes, lists are flattened, anything else is escaped as text
    attributes : class_ and for_ lose their underscore, inner underscores become hyphens; None and False vanish, True stands alone
    """
    parts = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        parts.append(key if value is True else f'{key}="{escape(str(value), quote=True)}"')
    opened = f"<{' '.join(parts)}>"
    return Html(opened) if name in _VOID else Html(f"{opened}{join(children)}</{name}>")


def join(children: Iterable[object]) -> Html:
    """Return the children one after the other."""
    return Html("".join(_flat(child) for child in children))


def _flat(child: object) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, list | tuple):
        return join(child)
    return escape(str(child), quote=False)


def raw(text: str) -> Html:
    """Return text that is known to be safe markup: our own style sheet and script, never anything a user wrote."""
    return Html(text)


class Cell:
    """One cell of a table: what it shows, what it sorts by, whether it is a number."""

    def __init__(self, shown: object, *, sort: float | str | None = None, numeric: bool = False) -> None:
        self.shown = shown
        self.sort = sort
        self.numeric = numeric


def number_cell(value: float, *, like: float | None = None) -> Cell:
    """Return a right-aligned number that sorts by its value; what was not measured sorts last."""
    return Cell(number(value, like=like), sort=value if value == value else "", numeric=True)


def table(
    head: Sequence[object], rows: Iterable[Sequence[object]], *, caption: str = "", sortable: bool = False, kind: str = ""
) -> Html:
    """Return a table in a box that scrolls sideways by itself on a narrow page. A column of numbers is right-aligned."""
    body = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
    numeric = [bool(body) and all(row[column].numeric for row in body) for column in range(len(head))]
    heads = [
        element("th", _sorter(name) if sortable else name, scope="col", class_="number" if right else None)
        for name, right in zip(head, numeric, strict=True)
    ]
    lines = [
        element("tr", [element("td", c.shown, class_="number" if c.numeric else None, data_sort=c.sort) for c in row])
        for row in body
    ]
    classes = " ".join(filter(None, (kind, "sortable" if sortable else "")))
    whole = element(
        "table",
        element("caption", caption) if caption else None,
        element("thead", element("tr", heads)),
        element("tbody", lines),
        class_=classes or None,
    )
    return element("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption or "table")


def _sorter(name: object) -> Html:
    return element("button", name, type="button")


def picture(figure: object, *, text: str, vector: bool) -> Html:
    """Return a matplotlib figure as an image element; text says what it shows to those who cannot see it."""
    from matplotlib.figure import Figure

    if not isinstance(figure, Figure):
        raise TypeError(f"expected a matplotlib Figure, got {type(figure).__name__}")
    width, _ = figure.get_size_inches()
    return element("img", src=to_data_uri(figure, vector=vector), alt=text, style=f"width:{width * 96:.0f}px", loading="lazy")
