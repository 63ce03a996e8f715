"""A scene in which nothing moves, as cameras show it: noise, light, compression, clocks, infrared.

One picture is held. Every scene gives the brightness that the motion gate sees, frame by frame, each
after a real JPEG or H.264 encoder.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import av
import cv2
import numpy as np

from producer.motion.gate import MotionGate
from producer.pictures.reduction import reduced_luma
from producer.sources.base import Luma, Picture, Pixels
from shared.cameras import Motion

Change = Callable[[Pixels, float], Pixels]  # of a picture at a time in seconds

_FPS = 5.0
_NOISE_FIELDS = 6
_STEP_S = 5.0  # between two steps of the exposure
INFRARED_AT_S = 20.0


@dataclass(frozen=True)
class StillScene:
    """``sigma`` is the sensor's noise in levels; ``bit_rate`` is H.264's in bits a second, none is JPEG."""

    name: str
    sigma: float = 3.0
    change: Change = lambda picture, _: picture
    bit_rate: int | None = None


@dataclass
class Sent:
    """How many frames were sent, and how many of the second half, when the gate knows the scene."""

    frames: int = 0
    sent: int = 0
    sent_late: int = 0

    @property
    def saved(self) -> float:
        """The share that was not sent."""
        return 1 - self.sent / self.frames

    @property
    def saved_late(self) -> float:
        """The share of the second half that was not sent."""
        return 1 - self.sent_late / (self.frames - self.frames // 2)


def gated(
    scene: StillScene, picture: Pixels, sensitivities: Sequence[Motion], keyframe_interval_s: float, seconds: float
) -> dict[Motion, Sent]:
    """What each sensitivity sends of a scene at 5 frames/s."""
    height, width = picture.shape[:2]
    gates = {each: MotionGate(each, keyframe_interval_s) for each in sensitivities}
    counts = {each: Sent() for each in sensitivities}
    for time_s, luma in shown(scene, picture, _FPS, seconds):
        for each, count in counts.items():
            is_sent = gates[each].look(luma, width, height, time_s).is_wanted
            count.frames += 1
            count.sent += is_sent
            count.sent_late += is_sent and time_s >= seconds / 2
    return counts


def shown(scene: StillScene, picture: Pixels, fps: float, seconds: float) -> Iterator[tuple[float, Luma]]:
    """Times in seconds and what the gate sees then."""
    times = [index / fps for index in range(round(fps * seconds))]
    noise = SensorNoise(scene.sigma, picture.shape)
    pictures = (noise.on(scene.change(picture, time_s)) for time_s in times)
    lumas = through_jpeg(pictures) if scene.bit_rate is None else through_h264(pictures, fps, scene.bit_rate)
    return zip(times, lumas, strict=False)  # the codec may hold its last pictures back


class SensorNoise:
    """Normal noise, another one on every picture, from a few fields that are put together anew each time."""

    def __init__(self, sigma: float, shape: Sequence[int], seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        self._fields = [self._random.normal(0, sigma, shape).astype(np.int16) for _ in range(_NOISE_FIELDS)]

    def on(self, picture: Pixels) -> Pixels:
        """The picture with noise."""
        field = self._fields[self._random.integers(len(self._fields))]
        shift = self._random.integers(0, picture.shape[:2])
        noisy = picture.astype(np.int16) + np.roll(field, tuple(shift), (0, 1))
        return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def through_jpeg(pictures: Iterable[Pixels], quality: int = 80) -> Iterator[Luma]:
    """What is left behind a camera's JPEG encoder."""
    for picture in pictures:
        _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        yield _reduced(Picture(jpeg=jpeg.tobytes()))


def through_h264(pictures: Iterable[Pixels], fps: float, bit_rate: int) -> Iterator[Luma]:
    """What is left behind a camera's H.264 encoder, with a key frame every 2 s as cameras send them."""
    with av.open(io.BytesIO(_encoded(pictures, fps, bit_rate)), "r") as container:
        for frame in container.decode(video=0):
            yield _reduced(Picture(luma=_luma_of(frame)))


def _encoded(pictures: Iterable[Pixels], fps: float, bit_rate: int) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as container:
        options = {"preset": "veryfast", "tune": "zerolatency", "x264-params": "scenecut=0"}
        stream = container.add_stream("libx264", rate=round(fps), options=options)
        stream.bit_rate, stream.gop_size, stream.pix_fmt = bit_rate, round(2 * fps), "yuv420p"
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def _luma_of(frame: av.VideoFrame) -> Callable[[], Luma]:
    return lambda: np.asarray(frame.to_ndarray(format="gray"), np.uint8)


def _reduced(picture: Picture) -> Luma:
    luma = reduced_luma(picture)
    assert luma is not None
    return luma


def brighter(picture: Pixels, gain: float) -> Pixels:
    """The picture exposed differently; bright parts clip."""
    return np.asarray(cv2.convertScaleAbs(picture, alpha=gain), np.uint8)


def exposure_steps(picture: Pixels, time_s: float) -> Pixels:
    """A fifth brighter, as it was, a fifth darker, as it was."""
    return brighter(picture, (1.0, 1.2, 1.0, 0.8)[int(time_s / _STEP_S) % 4])


def drifting_light(picture: Pixels, time_s: float) -> Pixels:
    """Day light that comes and goes within a minute, more of it on the one side than on the other."""
    strength = 0.3 * np.sin(2 * np.pi * time_s / 60)
    across = np.linspace(0.3, 1.0, picture.shape[1], dtype=np.float32)[None, :, None]
    return np.asarray(np.clip(picture * (1 + strength * across), 0, 255), np.uint8)


def clock(picture: Pixels, time_s: float) -> Pixels:
    """The time of day in the upper left corner, as cameras write it."""
    marked = picture.copy()
    height = picture.shape[0]
    text = f"2026-11-26 12:{int(time_s / 60):02d}:{int(time_s % 60):02d}"
    scale, at = height / 600, (height // 40, height // 14)
    cv2.putText(marked, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), max(2, round(5 * scale)))
    cv2.putText(marked, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (255, 255, 255), max(1, round(2 * scale)))
    return marked


def infrared(picture: Pixels, time_s: float) -> Pixels:
    """By day in colours, then by night: grey, brighter in the middle where the lamp shines, other materials."""
    if time_s < INFRARED_AT_S:
        return picture
    height, width = picture.shape[:2]
    grey = (0.2 * picture[..., 0] + 0.1 * picture[..., 1] + 0.7 * picture[..., 2]).astype(np.float32)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    lit = np.clip((30 + 0.8 * grey) * (1.2 - 0.6 * (x * x + y * y) / 2), 0, 255)
    return np.repeat(lit[..., None], 3, axis=2).astype(np.uint8)


def shaking(picture: Pixels, time_s: float) -> Pixels:
    """A camera on a pole in the wind: the whole picture goes to and fro by a pixel."""
    x, y = np.sin(7 * time_s), np.cos(11 * time_s)
    shift = np.array([[1, 0, x], [0, 1, y]], np.float32)
    return np.asarray(cv2.warpAffine(picture, shift, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE), np.uint8)


def screen(picture: Pixels, time_s: float) -> Pixels:
    """A screen on the wall, a sixth of the picture wide, that shows something else in every frame."""
    shown_there, (height, width) = picture.copy(), picture.shape[:2]
    random = np.random.default_rng(round(time_s * 100))
    dots = random.integers(0, 255, (4, 6, 3), dtype=np.uint8)
    shown_there[: height // 6, : width // 6] = cv2.resize(dots, (width // 6, height // 6))
    return shown_there


SCENES = (
    *(StillScene(f"noise of {sigma} levels", sigma=sigma) for sigma in (2, 4, 8)),
    StillScene("H.264 at 400 kbit/s", bit_rate=400_000),
    StillScene("H.264 at 1.5 Mbit/s, noise of 6", sigma=6, bit_rate=1_500_000),
    StillScene("exposure steps of a fifth", change=exposure_steps),
    StillScene("drifting light", change=drifting_light),
    StillScene("clock", change=clock),
    StillScene("switch to infrared", change=infrared),
    StillScene("shaking by a pixel", change=shaking),
    StillScene("screen on the wall", change=screen),
)
