"""Connected components of a mask (8-connected), found by runs of pixels row by row. SciPy is not needed."""

from dataclasses import dataclass

import numpy as np

from standin.scenes.judge.hsv_image import Mask


@dataclass(frozen=True, eq=False)
class Component:
    """One connected component. Its bounding box is in pixels; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int
    mask: Mask
    """The component's pixels within the bounding box."""
    area: int
    """Number of pixels."""

    @property
    def width(self) -> int:
        """Width of the bounding box in pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Height of the bounding box in pixels."""
        return self.bottom - self.top

    @property
    def extent(self) -> float:
        """Share of the bounding box that the component covers."""
        return self.area / (self.width * self.height)

    @property
    def center(self) -> tuple[float, float]:
        """Centre of the bounding box: x and y in pixels."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def touches_border(self, shape: tuple[int, ...]) -> bool:
        """Return whether the component touches the border of an image of this shape."""
        return self.left == 0 or self.top == 0 or self.bottom == shape[0] or self.right == shape[1]

    def draw_on(self, mask: Mask) -> None:
        """Add the component's pixels to a mask of the whole image."""
        mask[self.top : self.bottom, self.left : self.right] |= self.mask


def find_components(mask: Mask, min_area: float = 1) -> list[Component]:
    """Return the components of at least `min_area` pixels, largest first."""
    rows, starts, ends = _find_runs(mask)
    if len(rows) == 0:
        return []
    labels = _label_runs(rows, starts, ends)
    areas = np.bincount(labels, weights=ends - starts)
    components = []
    for label in np.argsort(-areas, kind="stable"):
        if areas[label] < min_area:
            break
        own = np.flatnonzero(labels == label)
        left, right = int(starts[own].min()), int(ends[own].max())
        top, bottom = int(rows[own].min()), int(rows[own].max()) + 1
        box = np.zeros((bottom - top, right - left), dtype=bool)
        for run in own:
            box[rows[run] - top, starts[run] - left : ends[run] - left] = True
        components.append(Component(left, top, right, bottom, box, int(areas[label])))
    return components


def _find_runs(mask: Mask) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the row, the first column and the column after the last of every run of true pixels, row by row."""
    # With a false column after each row, the changes in the flat array come in pairs: start and end of a run.
    padded = np.zeros((mask.shape[0], mask.shape[1] + 1), dtype=bool)
    padded[:, :-1] = mask
    flat = padded.ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if flat[0]:
        changes = np.concatenate(([0], changes))
    rows, starts = np.divmod(changes[::2], padded.shape[1])
    return rows, starts, changes[1::2] - rows * padded.shape[1]


def _label_runs(rows: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return a label for every run, from 0. Runs of one component have the same label (union-find)."""
    parent = list(range(len(rows)))

    def find_root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    row_of, start_of, end_of = rows.tolist(), starts.tolist(), ends.tolist()
    above = 0
    for run in range(len(row_of)):
        while above < run and (
            row_of[above] < row_of[run] - 1 or (row_of[above] == row_of[run] - 1 and end_of[above] < start_of[run])
        ):
            above += 1
        other = above
        while other < run and row_of[other] == row_of[run] - 1 and start_of[other] <= end_of[run]:
            if end_of[other] >= start_of[run]:
                parent[find_root(other)] = find_root(run)
            other += 1
    roots = np.array([find_root(run) for run in range(len(parent))])
    _, labels = np.unique(roots, return_inverse=True)
    return labels


def dilate(mask: Mask, by_px: int) -> Mask:
    """Grow the mask by some pixels in all eight directions."""
    for _ in range(by_px):
        tall = mask.copy()
        tall[1:] |= mask[:-1]
        tall[:-1] |= mask[1:]
        wide = tall.copy()
        wide[:, 1:] |= tall[:, :-1]
        wide[:, :-1] |= tall[:, 1:]
        mask = wide
    return mask
