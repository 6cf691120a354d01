"""Detectors for objects: trees, houses, boats, bridges, lanterns, fires, lighthouses and people. Cars: detect_cars."""

from standin.scenes.judge.colours import dominant_colour
from standin.scenes.judge.components import find_components
from standin.scenes.judge.detect_cars import detect_cars
from standin.scenes.judge.detection import Detection
from standin.scenes.judge.hsv_image import HsvImage, Mask


def detect_objects(image: HsvImage, covered: Mask) -> list[Detection]:
    """Return the detected objects. `covered`: the pixels of shapes."""
    detectors = (
        *(_detect_trees, _detect_houses, _detect_boats, _detect_bridges, _detect_lanterns, _detect_fires),
        *(_detect_lighthouses, _detect_people, detect_cars),
    )
    return [found for detect in detectors for found in detect(image, covered)]


def _share_in_box(mask: Mask, left: float, top: float, right: float, bottom: float) -> float:
    box = mask[max(0, round(top)) : max(0, round(bottom)), max(0, round(left)) : max(0, round(right))]
    return float(box.mean()) if box.size else 0.0


def _detect_trees(image: HsvImage, covered: Mask) -> list[Detection]:
    leaf = image.mask(hue=(108, 134), saturation=(0.30, 0.75), value=(0.24, 0.62), rows=(0.3, 1)) & ~covered
    bark = image.mask(hue=(15, 35), saturation=(0.4, 0.8), value=(0.22, 0.5), rows=(0.3, 1))
    found = []
    for crown in find_components(leaf, 0.0025 * image.side_px**2):
        x, width, height = crown.center[0], crown.width, crown.height
        trunk = (x - 0.1 * width, crown.bottom, x + 0.1 * width, crown.bottom + 0.3 * height)
        if _share_in_box(bark, *trunk) > 0.2:
            found.append(Detection.at(crown, image, "tree", foot_px=crown.bottom + 0.4 * height))
    return found


def _detect_houses(image: HsvImage, covered: Mask) -> list[Detection]:
    roof_mask = image.mask(hue=(5, 18), saturation=(0.55, 0.80), value=(0.42, 0.66), rows=(0.3, 1)) & ~covered
    found = []
    for roof in find_components(roof_mask, 0.0016 * image.side_px**2):
        if not 1.1 < roof.width / roof.height < 4:
            continue
        x, height = roof.center[0], roof.height
        left, right = round(x - 0.38 * roof.width), round(x + 0.24 * roof.width)
        colour = dominant_colour(image, left, roof.bottom + 1, right, roof.bottom + round(0.9 * height))
        found.append(Detection.at(roof, image, "house", foot_px=roof.bottom + 1.1 * height, colour=colour))
    return found


def _detect_boats(image: HsvImage, covered: Mask) -> list[Detection]:
    coral = image.mask(hue=(4, 15), saturation=(0.57, 0.68), value=(0.86, 1), rows=(0.3, 1)) & ~covered
    found = []
    for sail in find_components(coral, 0.0008 * image.side_px**2):
        height, width = sail.height, sail.width
        if not 0.3 < width / height < 1.2 or not 0.35 < sail.extent < 0.7:
            continue
        # The hull is below the sail and extends to the right of it.
        top, bottom = sail.bottom + round(0.2 * height), sail.bottom + round(0.42 * height)
        colour = dominant_colour(image, sail.left, top, sail.right + width, bottom)
        found.append(Detection.at(sail, image, "boat", foot_px=sail.bottom + 0.48 * height, colour=colour))
    return found


def _detect_bridges(image: HsvImage, covered: Mask) -> list[Detection]:
    stone = image.mask(hue=(24, 48), saturation=(0.08, 0.27), value=(0.44, 0.76), rows=(0.4, 1)) & ~covered
    return [
        Detection.at(component, image, "bridge")
        for component in find_components(stone, 0.006 * image.side_px**2)
        if component.width > 2 * component.height and component.width > 0.15 * image.side_px
    ]


def _detect_lanterns(image: HsvImage, covered: Mask) -> list[Detection]:
    paper = image.mask(hue=(24, 37), saturation=(0.80, 1), value=(0.86, 1), rows=(0.3, 1)) & ~covered
    return [
        Detection.at(component, image, "lantern", foot_px=component.bottom + 0.65 * component.height)
        for component in find_components(paper, 0.0012 * image.side_px**2)
        if component.extent > 0.62 and 0.5 < component.width / component.height < 1.4
    ]


def _detect_fires(image: HsvImage, covered: Mask) -> list[Detection]:
    flame_mask = image.mask(hue=(8, 24), saturation=(0.82, 1), value=(0.88, 1), rows=(0.3, 1)) & ~covered
    core = image.mask(hue=(38, 54), saturation=(0.7, 1), value=(0.9, 1), rows=(0.3, 1))
    return [
        Detection.at(flame, image, "fire")
        for flame in find_components(flame_mask, 0.001 * image.side_px**2)
        if _share_in_box(core, flame.left, flame.top, flame.right, flame.bottom + 0.2 * flame.height) > 0.08
    ]


def _detect_lighthouses(image: HsvImage, covered: Mask) -> list[Detection]:
    """Return the lighthouses: two red bands, one above the other, with white between and above them."""
    red = image.mask(hue=(350, 10), saturation=(0.62, 1), value=(0.6, 0.95), rows=(0.3, 1)) & ~covered
    white = image.mask(saturation=(0, 0.1), value=(0.88, 1), rows=(0.3, 1))
    bands = [band for band in find_components(red, 0.0006 * image.side_px**2) if band.extent > 0.7]
    found = []
    for upper in bands:
        for lower in bands:
            x = upper.center[0]
            gap = lower.top - upper.bottom
            if abs(x - lower.center[0]) < 0.2 * upper.width and 0 < gap < 1.6 * upper.height + 2:
                between = _share_in_box(white, x - 2, upper.bottom + 0.25 * gap, x + 2, lower.top - 0.25 * gap)
                above = _share_in_box(white, x - 2, upper.top - 0.6 * gap, x + 2, upper.top - 0.25 * gap)
                if between > 0.8 and above > 0.5:
                    found.append(Detection.at(upper, image, "lighthouse", foot_px=lower.bottom + 1.1 * gap))
    return found


def _detect_people(image: HsvImage, covered: Mask) -> list[Detection]:
    coat_mask = image.mask(hue=(304, 328), saturation=(0.6, 0.9), value=(0.5, 0.82), rows=(0.2, 1)) & ~covered
    skin = image.mask(hue=(18, 36), saturation=(0.25, 0.55), value=(0.75, 1))
    return [
        Detection.at(coat, image, "person", foot_px=coat.bottom + 0.5 * coat.height)
        for coat in find_components(coat_mask, 0.0005 * image.side_px**2)
        if _share_in_box(skin, coat.left, coat.top - 0.4 * coat.height, coat.right, coat.top) > 0.1
    ]
