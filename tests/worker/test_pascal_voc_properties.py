import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import QUICK, mutated
from worker.labelled_data import UnusableData
from worker.pascal_voc import voc_photographs

XML = (
    b"<annotation><filename>a.png</filename><size><width>64</width><height>48</height></size><object>"
    b"<name>without_mask</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox>"
    b"</object></annotation>"
)


@settings(QUICK)
@given(mutated(XML) | st.binary(max_size=80))
def test_an_annotation_with_bytes_changed_is_read_or_refused_by_name(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in ("images", "annotations"):
            (folder / each).mkdir()
        (folder / "annotations" / "a.xml").write_bytes(content)
        (folder / "images" / "a.png").write_bytes(b"")
        try:
            voc_photographs(folder)
        except UnusableData as error:
            assert "\n" not in str(error)
