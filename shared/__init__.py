"""The contracts between Maskwatch's processes: messages, key names, settings, leases, the model registry."""
