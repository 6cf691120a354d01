"""`retake batch`: a file of prompts, run on this machine by the same state machine as in AWS."""
