"""Calibrate the judge: measure how often it agrees with labelled pictures.

* `labelled`: read the labelled file;
* `calibrate`: check the input, ask about every picture, and return the record with the measures;
* `judging`: ask the judge about the pictures, a few at a time, under a cost ceiling (`ledger`);
* `measure`: precision, recall and agreement, with their intervals;
* `output`: the table, the notes and the exit code;
* `paint`: paint a labelled set with the stand-in's painter. `scenes` chooses the scenes, `labels` derives the labels.
"""
