"""What a training produced, step by step: the record, its page and its pictures.

``record`` says what a report holds, ``measures``, ``counting`` and ``machine`` make its derived parts,
``scenes`` tries the network on photographs, ``page`` and ``files`` write it down.
"""
