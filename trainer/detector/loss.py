"""What the network is taught: to be as sure of a cell's face as its box is good."""

from typing import Any

import tensorflow as tf

from trainer.detector.targets import BOX, COUNTS, IS_FACE

Tensor = Any

BOX_WEIGHT = 1.5
# A cell that answers for a face is taught at least this sureness; the rest it earns by its box. Boxes of
# small faces overlap little, and such faces must not be mistaken for doubtful ones.
LEAST_QUALITY = 0.5


def loss(logits: Tensor, boxes: Tensor, targets: Tensor) -> Tensor:
    """The loss of one batch: logits (n, cells), boxes (n, cells, 4), targets (n, cells, 6).

    The quality focal loss: a cell's target rises with the overlap of its box with the face's, and
    cells weigh as much as they err; and the generalised overlap of the boxes of faces.
    """
    counts, is_face = targets[..., COUNTS], targets[..., IS_FACE]
    overlap, generalised = _overlaps(boxes, targets[..., BOX])
    quality = (LEAST_QUALITY + (1 - LEAST_QUALITY) * tf.stop_gradient(overlap)) * is_face
    error = tf.square(quality - tf.sigmoid(logits))
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(quality, logits)
    faces = tf.maximum(tf.reduce_sum(counts * is_face), 1.0)
    sure = tf.reduce_sum(counts * error * entropy) / faces
    placed = tf.reduce_sum(counts * is_face * (1 - generalised)) / faces
    return sure + BOX_WEIGHT * placed


def _overlaps(boxes: Tensor, faces: Tensor) -> tuple[Tensor, Tensor]:
    """Intersection over union of boxes pair by pair, and the same less the share of their hull that is empty."""
    low, high = tf.maximum(boxes[..., :2], faces[..., :2]), tf.minimum(boxes[..., 2:], faces[..., 2:])
    shared = _area(low, high)
    union = _area(boxes[..., :2], boxes[..., 2:]) + _area(faces[..., :2], faces[..., 2:]) - shared
    hull = _area(tf.minimum(boxes[..., :2], faces[..., :2]), tf.maximum(boxes[..., 2:], faces[..., 2:]))
    overlap = shared / tf.maximum(union, 1e-6)
    return overlap, overlap - (hull - union) / tf.maximum(hull, 1e-6)


def _area(low: Tensor, high: Tensor) -> Tensor:
    return tf.reduce_prod(tf.maximum(high - low, 0.0), axis=-1)
