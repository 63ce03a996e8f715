"""The inference side: frames in, results out; and behind it, in ``events``, from results to violations."""
