"""The stand-in's editor: changes given pictures by their pixels, with the painter's drawing and the judge's detectors.

Edits are honest: what the editor does not know or cannot find in a picture, it does not change. By the seed, one edit in
four goes wrong (see edit.py), so that a check of the result has something to find.
"""

from standin.scenes.editor.background import remove_background
from standin.scenes.editor.edit import Edit
from standin.scenes.editor.guide import paint_in_colours, paint_in_style, paint_under_outlines
from standin.scenes.editor.inpaint import inpaint
from standin.scenes.editor.locate import find_mask
from standin.scenes.editor.masks import black_changes, keep_black, service_strength, white_changes
from standin.scenes.editor.outpaint import extend, outpaint
from standin.scenes.editor.search import search_recolor, search_replace
from standin.scenes.editor.vary import image_to_image, vary

__all__ = [
    "Edit",
    "black_changes",
    "extend",
    "find_mask",
    "image_to_image",
    "inpaint",
    "keep_black",
    "outpaint",
    "paint_in_colours",
    "paint_in_style",
    "paint_under_outlines",
    "remove_background",
    "search_recolor",
    "search_replace",
    "service_strength",
    "vary",
    "white_changes",
]
