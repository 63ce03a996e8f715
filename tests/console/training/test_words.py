from datetime import UTC, datetime

import pytest

from console.training.words import outcome_words, progress_words, span
from shared.training_jobs import TrainingOutcome, TrainingProgress

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_progress(step: str, **values: object) -> TrainingProgress:
    fixed = {"step": step, "started_at": NOW, "updated_at": NOW, "pid": 1, "host": "here"}
    return TrainingProgress.model_validate(fixed | values)


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (a_progress("starting"), "starting"),
        (a_progress("reading pictures", done=4, total=80), "reading pictures 4 of 80"),
        (
            a_progress("fine-tuning", done=4, total=80, epoch=2, epochs=12, loss=0.31, note="validation 97%"),
            "fine-tuning, epoch 2 of 12, loss 0.310, validation 97%",
        ),
    ],
)
def test_where_a_training_is_fits_in_a_line(progress: TrainingProgress, words: str) -> None:
    assert progress_words(progress) == words


@pytest.mark.parametrize(("seconds", "words"), [(40, "40 s"), (600, "10 min"), (7200, "2.0 h")])
def test_a_span_is_as_precise_as_an_estimate(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_what_came_out_says_why_it_is_not_served_and_what_to_do_and_no_password() -> None:
    outcome = TrainingOutcome(
        name="mask", version=7, registry="s3://key:secret@bucket", promoted=False, reasons=("worse overall",)
    )
    words = "published version 7 of mask in s3://***@bucket, not promoted (worse overall): maskwatch models promote 7"
    assert outcome_words(outcome) == words
