"""The ways to run Haar cascades that are worth comparing."""

from dataclasses import dataclass

from tests.benchmarks.cascade_scans import Scan
from tests.benchmarks.haar_groups import By

ALT = Scan()


@dataclass(frozen=True)
class Variant:
    """Scans whose windows are grouped together, and by what a group is believed to be a face."""

    name: str
    scans: tuple[Scan, ...] = (ALT,)
    by: By = "weights"
    same_face_iou: float = 0.4
    eyes: str = ""  # an eye cascade whose finds count too


IN_USE = Variant("in use: alt, red, step 1.1, summed weights at IoU 0.4")
VARIANTS = (
    IN_USE,
    Variant("default", (Scan("frontalface_default"),)),
    Variant("alt2", (Scan("frontalface_alt2"),)),
    Variant("alt_tree", (Scan("frontalface_alt_tree"),)),
    Variant("grey", (Scan(channel="grey"),)),
    Variant("grey, default", (Scan("frontalface_default", channel="grey"),)),
    Variant("grey, alt2", (Scan("frontalface_alt2", channel="grey"),)),
    Variant("equalizeHist", (Scan(equalisation="equalizeHist"),)),
    Variant("CLAHE", (Scan(equalisation="CLAHE"),)),
    Variant("step 1.05", (Scan(step=1.05),)),
    Variant("step 1.2", (Scan(step=1.2),)),
    Variant("half size", (Scan(zoom=0.5),)),
    Variant("doubled", (Scan(zoom=2.0),)),
    Variant("doubled, step 1.05", (Scan(zoom=2.0, step=1.05),)),
    Variant("counting neighbours", by="neighbours"),
    Variant("surest window", by="surest"),
    Variant("grouped at IoU 0.3", same_face_iou=0.3),
    Variant("grouped at IoU 0.5", same_face_iou=0.5),
    Variant("without the last 2 stages", (Scan(dropped_stages=2),)),
    Variant("without the last 4 stages", (Scan(dropped_stages=4),)),
    Variant("without the last 6 stages", (Scan(dropped_stages=6),)),
    Variant("with profiles", (ALT, Scan("profileface"), Scan("profileface", is_mirrored=True))),
    Variant("with its mirror image", (ALT, Scan(is_mirrored=True))),
    Variant("with grey", (ALT, Scan(channel="grey"))),
    Variant("with default", (ALT, Scan("frontalface_default"))),
    Variant("with alt2", (ALT, Scan("frontalface_alt2"))),
    Variant("with default and alt2", (ALT, Scan("frontalface_default"), Scan("frontalface_alt2"))),
    Variant("with eyes", eyes="eye"),
    Variant("with eyes, glasses", eyes="eye_tree_eyeglasses"),
)
