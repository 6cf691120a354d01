"""The commands, one per file: their options, help texts and output. The rooms beside this one do the work.

Imports stand inside the functions, so that `retake --help` and the refusal of bad input stay fast.
"""
