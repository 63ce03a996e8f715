"""How much of a training is done and how long the rest takes, from what steps usually take."""

# Shares of the whole on two cores; a step that is not named here counts for nothing.
USUAL_SHARES = {
    "reading pictures": 0.11,
    "training the head": 0.09,
    "fine-tuning": 0.76,
    "exporting": 0.015,
    "measuring": 0.015,
    "publishing": 0.01,
}
MIN_SHARE = 0.02  # below it a pace says nothing


class Estimate:
    """Follows one training; instants are monotonic seconds. The share done never falls."""

    def __init__(self, now: float) -> None:
        """Begin now."""
        self.share = 0.0
        self.seconds_left: float | None = None
        self._began_at = self._step_began_at = self._updated_at = now
        self._step = ""

    def update(self, step: str, done: int, total: int, now: float) -> None:
        """Take note of ``done`` of ``total`` in a step."""
        if step != self._step:
            # A step that first speaks with something done began when the one before was last heard of.
            self._step, self._step_began_at = step, self._updated_at if done else now
        self._updated_at = now
        within = min(done / total, 1.0) if total > 0 else 0.0
        before = _share_before(step, self.share)
        usual = USUAL_SHARES.get(step, 0.0)
        self.share = min(max(self.share, before + usual * within), 1.0)
        self.seconds_left = self._left(before + usual, within, now)

    def _left(self, share_after: float, within: float, now: float) -> float | None:
        """The rest of this step at its own pace, the later ones in proportion to all until then."""
        elapsed, in_step = now - self._began_at, now - self._step_began_at
        if within > 0:
            rest_of_step = in_step / within - in_step
            at_its_end = elapsed + rest_of_step
            later = at_its_end / share_after * (1 - share_after) if share_after >= MIN_SHARE else None
            return None if later is None else rest_of_step + later
        return elapsed / self.share * (1 - self.share) if self.share >= MIN_SHARE else None


def _share_before(step: str, reached: float) -> float:
    names = list(USUAL_SHARES)
    return sum(USUAL_SHARES[name] for name in names[: names.index(step)]) if step in names else reached
