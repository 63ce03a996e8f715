"""How Maskwatch is run."""
