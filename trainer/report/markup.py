"""HTML from values: what is not ``Markup`` is text and gets escaped, so that no name in the data can be markup."""

from collections.abc import Iterable, Sequence
from html import escape

VOID = frozenset({"meta", "img", "br", "hr"})


class Markup(str):
    """A piece of HTML that is right as it is."""

    __slots__ = ()


Child = Markup | str | int | None


def element(name: str, /, *children: Child, **attributes: str | int | None) -> Markup:
    """One element; an attribute's trailing underscore is left out (``class_``), ``None`` leaves it out whole."""
    stated = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value), quote=True)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{stated}>" if name in VOID else f"<{name}{stated}>{joined(children)}</{name}>")


def joined(children: Iterable[Child]) -> Markup:
    """The pieces one after the other."""
    return Markup("".join(_piece(child) for child in children))


def table(caption: str, header: Sequence[Child], rows: Iterable[Sequence[Child]]) -> Markup:
    """A table whose rows begin with what they speak of; it scrolls where the screen is too narrow."""
    head = element("tr", *(_own(cell) or element("th", cell, scope="col") for cell in header))
    body = (
        element("tr", element("th", first, scope="row"), *(_own(cell) or element("td", cell) for cell in others))
        for first, *others in rows
    )
    whole = element("table", element("caption", caption), element("thead", head), element("tbody", joined(body)))
    return element("div", whole, class_="scroll", tabindex=0, role="region", aria_label=caption)


def facts(pairs: Iterable[tuple[str, Child]]) -> Markup:
    """Names and values, in two columns; pairs without a value are left out."""
    rows = (
        element("div", element("dt", name), element("dd", value)) for name, value in pairs if value not in {None, ""}
    )
    return element("dl", joined(rows))


def left(text: str) -> Markup:
    """A cell of text, where other columns are numbers."""
    return element("td", text, class_="text")


def left_header(text: str) -> Markup:
    """What stands above such cells."""
    return element("th", text, class_="text", scope="col")


def paragraph(*children: Child, **attributes: str | int | None) -> Markup:
    """A paragraph."""
    return element("p", *children, **attributes)


def _own(cell: Child) -> Markup | None:
    """What is a cell already, a shaded one for example."""
    return cell if isinstance(cell, Markup) and cell.startswith(("<td", "<th")) else None


def _piece(child: Child) -> str:
    if child is None:
        return ""
    return child if isinstance(child, Markup) else escape(str(child), quote=True)
