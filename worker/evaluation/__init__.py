"""Measuring against labelled data: the classifier on faces, the whole pipeline on photographs."""

from worker.evaluation.boxes import Evaluation, evaluate_boxes, evaluate_side_by_side
from worker.evaluation.faces import FacesReport, evaluate_faces
from worker.evaluation.record import BoxesReport
from worker.evaluation.subject import NoSuchVersion, Subject, load_subject
from worker.labelled_data import UnusableData

__all__ = [
    "BoxesReport",
    "Evaluation",
    "FacesReport",
    "NoSuchVersion",
    "Subject",
    "UnusableData",
    "evaluate_boxes",
    "evaluate_faces",
    "evaluate_side_by_side",
    "load_subject",
]
