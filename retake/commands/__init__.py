"""The commands, one a file: their words and options. What they do lies elsewhere in `local`, imported when it is needed."""
