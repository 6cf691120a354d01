"""Connected patches of pixels, found by their runs row by row (8-connected), so that no SciPy is needed."""

from dataclasses import dataclass

import numpy as np

from standin.scenes.judge.view import Mask


@dataclass(frozen=True, eq=False)
class Blob:
    """One connected patch; its box is in pixels, right and bottom excluded."""

    left: int
    top: int
    right: int
    bottom: int
    mask: Mask
    """The box's pixels, true where they belong to the patch."""
    area: int
    """Pixels."""

    @property
    def width(self) -> int:
        """Pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels."""
        return self.bottom - self.top

    @property
    def fill(self) -> float:
        """Share of the box that is covered."""
        return self.area / (self.width * self.height)

    @property
    def middle(self) -> tuple[float, float]:
        """Middle of the box, x and y in pixels."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def touches_edge(self, shape: tuple[int, ...]) -> bool:
        """Whether it reaches the edge of a picture of this shape."""
        return self.left == 0 or self.top == 0 or self.bottom == shape[0] or self.right == shape[1]


def blobs_in(mask: Mask, min_area: float = 1) -> list[Blob]:
    """The patches of at least `min_area` pixels, largest first."""
    rows, starts, ends = _runs(mask)
    if len(rows) == 0:
        return []
    labels = _joined(rows, starts, ends)
    areas = np.bincount(labels, weights=ends - starts)
    found = []
    for label in np.argsort(-areas, kind="stable"):
        if areas[label] < min_area:
            break
        own = np.flatnonzero(labels == label)
        left, right = int(starts[own].min()), int(ends[own].max())
        top, bottom = int(rows[own].min()), int(rows[own].max()) + 1
        patch = np.zeros((bottom - top, right - left), dtype=bool)
        for run in own:
            patch[rows[run] - top, starts[run] - left : ends[run] - left] = True
        found.append(Blob(left, top, right, bottom, patch, int(areas[label])))
    return found


def _runs(mask: Mask) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, first column and column after the last, of every run of true pixels, row by row."""
    # A false column after each row, and the flat array's edges come in pairs: a run's start, its end.
    padded = np.zeros((mask.shape[0], mask.shape[1] + 1), dtype=bool)
    padded[:, :-1] = mask
    flat = padded.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if flat[0]:
        edges = np.concatenate(([0], edges))
    rows, starts = np.divmod(edges[::2], padded.shape[1])
    return rows, starts, edges[1::2] - rows * padded.shape[1]


def _joined(rows: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """A label for every run, 0 upwards, the same for runs that touch over rows."""
    parent = list(range(len(rows)))

    def root(run: int) -> int:
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
                parent[root(other)] = root(run)
            other += 1
    roots = np.array([root(run) for run in range(len(parent))])
    _, labels = np.unique(roots, return_inverse=True)
    return labels


def grown(mask: Mask, by_px: int) -> Mask:
    """The mask widened by some pixels in all eight directions."""
    for _ in range(by_px):
        wide = mask.copy()
        wide[1:] |= mask[:-1]
        wide[:-1] |= mask[1:]
        tall = wide.copy()
        tall[:, 1:] |= wide[:, :-1]
        tall[:, :-1] |= wide[:, 1:]
        mask = tall
    return mask
