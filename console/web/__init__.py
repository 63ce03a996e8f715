"""The web server: who may come in, what is served, and how."""
