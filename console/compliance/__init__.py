"""How many of the people were masked, corrected for what detector and model miss; see docs/compliance.md."""
