"""Trains the mask classifier and publishes model versions: ``trainer.training.train`` is the entry."""
