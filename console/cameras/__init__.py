"""What operators do with cameras: say them, attach them, write them down, draw their zones."""
