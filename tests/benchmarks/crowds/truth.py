"""What is true of a clip of a crowd: how many people, how many without mask, and whose face is where."""

from typing import TypedDict

from tests.worker.events.crowd_scene import Scene


class SeenFace(TypedDict):
    """One person's face in one frame; ``box`` in pixels, ``visible`` is the share of it that is seen."""

    person: int
    box: tuple[float, float, float, float]
    visible: float


class Truth(TypedDict):
    """``frames`` holds the faces of each frame at ``fps`` frames a second."""

    people: int
    violations: int
    fps: float
    frames: list[list[SeenFace]]


def truth_of(scene: Scene, fps: float) -> Truth:
    """The truth of a scene that is filmed at a rate."""
    return Truth(
        people=scene.people,
        violations=scene.violations,
        fps=fps,
        frames=[_faces(scene, number / fps) for number in range(round(scene.duration_s * fps))],
    )


def _faces(scene: Scene, at_s: float) -> list[SeenFace]:
    return [
        SeenFace(
            person=each.walker.number,
            box=(round(each.face.x0, 1), round(each.face.y0, 1), round(each.face.x1, 1), round(each.face.y1, 1)),
            visible=round(each.visible, 2),
        )
        for each in scene.sights_at(at_s)
    ]
