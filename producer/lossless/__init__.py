"""Files and folders: every frame once, as fast as it is judged."""
