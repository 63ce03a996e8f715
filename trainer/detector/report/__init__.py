"""What a training of the detector produced: the record, its page and, for this machine alone, its pictures.

``record`` says what a report holds, ``account`` and ``variations`` make it, ``page`` and ``files`` write it down.
"""
