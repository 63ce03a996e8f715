"""What each stage of judging costs beside the bare library call that does the same work."""
