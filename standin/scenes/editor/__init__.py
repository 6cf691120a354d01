"""The stand-in's editor: changes given pictures by their pixels, with the painter's drawing and the judge's detectors.

Edits are honest: what the editor does not know or cannot find in a picture, it does not change. By the seed, one edit in
four goes wrong (see edit.py), so that a check of the result has something to find.
"""

from standin.scenes.editor.background import remove_background
from standin.scenes.editor.edit import Edit
from standin.scenes.editor.inpaint import inpaint
from standin.scenes.editor.masks import black_changes, service_strength, white_changes

__all__ = ["Edit", "black_changes", "inpaint", "remove_background", "service_strength", "white_changes"]
