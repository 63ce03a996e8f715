"""The pictures of the feeds that come with Maskwatch."""
