"""Photographs annotated in the Pascal VOC form: one XML file a picture, from whoever made it."""

from collections.abc import Iterator
from math import isfinite
from pathlib import Path, PurePosixPath, PureWindowsPath
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from shared.messages import Box, Label
from worker.labelled_data import AnnotatedFace, Photograph, UnusableData
from worker.offline import PICTURE_SUFFIXES, is_picture

# A picture of a hundred faces takes 30 KB.
MAX_XML_BYTES = 2_000_000
ANNOTATION_FOLDERS = ("annotations",)
PICTURE_FOLDERS = ("images", "jpegimages")
LABELS = {label.value: label for label in Label} | {"mask_weared_incorrect": Label.INCORRECT_MASK}


def voc_photographs(folder: Path) -> list[Photograph]:
    """The photographs that a folder's XML files annotate, by the name of the file; none where there are no such files.

    The files are in ``annotations/`` (or ``Annotations/``), else in the folder itself; the pictures in
    ``images/`` or ``JPEGImages/``, else beside them. Corners are taken as pixels counted from 0.

    Raises:
        UnusableData: names the first file that is too large, no such XML, or without a picture.
    """
    annotations = next(_folders(folder, ANNOTATION_FOLDERS), folder)
    files = sorted(path for path in annotations.glob("*.xml") if path.is_file() and not path.name.startswith("."))
    places = [*_folders(folder, PICTURE_FOLDERS), annotations]
    return [_photograph(file, places, folder) for file in files]


def _folders(folder: Path, names: tuple[str, ...]) -> Iterator[Path]:
    """The folders of these names within a folder, upper case or lower."""
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.name.lower() in names and path.is_dir())


def _photograph(file: Path, places: list[Path], folder: Path) -> Photograph:
    root = _parsed(file)
    if root.tag != "annotation":
        raise UnusableData(f"{file} is not a Pascal VOC annotation: it begins with <{root.tag}>, not <annotation>")
    picture = _picture(_text(root, "filename"), file, places)
    return Photograph(
        image=picture.relative_to(folder).as_posix(),
        width=_stated(root, "size/width"),
        height=_stated(root, "size/height"),
        boxes=tuple(_face(each, file) for each in root.findall("object")),
    )


def _parsed(file: Path) -> Element:
    """The tree of a file; none with a document type, which is where an entity may stand for gigabytes."""
    with file.open("rb") as content:
        xml = content.read(MAX_XML_BYTES + 1)
    if len(xml) > MAX_XML_BYTES:
        raise UnusableData(f"{file} is larger than {MAX_XML_BYTES} bytes: no annotation of one picture is")
    tree, parser = TreeBuilder(), expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise UnusableData(f"{file} declares a document type, which an annotation does not need: remove <!DOCTYPE>")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.data
    try:
        parser.Parse(xml, True)
    # An encoding that Python does not know is a LookupError, one that it cannot use a ValueError.
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise UnusableData(f"{file} is not XML: {error}") from error
    return tree.close()


def _picture(name: str, file: Path, places: list[Path]) -> Path:
    """The picture that a file annotates: the one that it names, else the one that is named as itself."""
    if name in {".", ".."} or {PurePosixPath(name).name, PureWindowsPath(name).name} - {name}:
        raise UnusableData(f"{file} names the picture {name[:100]!r}: a name within the folder is expected, no path")
    named = (place / name for place in places if name)
    alike = (place / f"{file.stem}{suffix}" for place in places for suffix in sorted(PICTURE_SUFFIXES))
    found = next((path for path in (*named, *alike) if is_picture(path) and path.is_file()), None)
    if found is None:
        raise UnusableData(f"{file} annotates {name[:100] or file.stem}, and there is no such picture in {places[0]}")
    return found


def _face(item: Element, file: Path) -> AnnotatedFace:
    label = _text(item, "name")
    if label not in LABELS:
        raise UnusableData(f"{file} holds the label {label[:100]!r}: expected {', '.join(LABELS)}")
    corners = [_text(item, f"bndbox/{name}") for name in ("xmin", "ymin", "xmax", "ymax")]
    try:
        return AnnotatedFace(label=LABELS[label], box=Box(*map(_number, corners)))
    except ValueError as error:
        raise UnusableData(f"{file} holds a box whose corners are no numbers: {', '.join(corners)[:100]}") from error


def _stated(root: Element, path: str) -> int:
    """A size, where the file states one that may be meant."""
    text = _text(root, path)
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _number(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _text(item: Element, path: str) -> str:
    return (item.findtext(path) or "").strip()
