"""The whole pipeline as an AWS endpoint on this machine: `retake serve`."""
