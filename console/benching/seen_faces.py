"""Who is known to be in each frame of a pass in which not all of every frame is looked at."""

from collections.abc import Iterator, Sequence

from shared.messages import Box, Detection, FrameOutcome, FrameResult

MEMORY_S = 2.0  # longer than the time between two frames that are scanned whole


def seen(results: Sequence[FrameResult]) -> Iterator[list[Detection]]:
    """For each frame the faces found in it, and those found before where it was not looked at since.

    So the events stage takes them too: where nothing moved nobody has gone.
    """
    known: list[tuple[FrameResult, Detection]] = []
    for result in results:
        if result.outcome is FrameOutcome.PROCESSED:
            known = [each for each in known if not _is_looked_for(each[1], result)]
            known += [(result, each) for each in result.detections]
        known = [each for each in known if (result.captured_at - each[0].captured_at).total_seconds() <= MEMORY_S]
        yield [each for _, each in known]


def _is_looked_for(face: Detection, result: FrameResult) -> bool:
    return result.scanned is None or any(_holds(part, face.box) for part in result.scanned)


def _holds(part: Box, face: Box) -> bool:
    x, y = face.centre
    return part.x0 <= x < part.x1 and part.y0 <= y < part.y1
