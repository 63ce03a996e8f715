"""The stages that can be measured, in the order of a frame's way."""

STAGES = ("gate", "publish", "read", "decode", "detect", "crop", "classify", "sight", "judge")
