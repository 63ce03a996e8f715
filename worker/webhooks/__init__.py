"""Tells receivers of violations over HTTP, apart from counting: what is slow or dead there holds up nothing here."""
