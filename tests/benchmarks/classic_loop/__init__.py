"""The loop that tutorials teach: Haar cascade, a crop of each face, one `model.predict` a face, one video.

`maskwatch bench seed` runs it in a process of its own, as the measure of what everything else has to be worth.
"""
