"""The two labels that every network tells apart."""

from shared.messages import Label

LABELS = (Label.WITH_MASK, Label.WITHOUT_MASK)  # in the order of the networks' first outputs
