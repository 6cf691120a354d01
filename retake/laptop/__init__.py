"""One run on this machine, from the event's file to the lines that tell how it ended."""
