"""The pictures in the proof sheet: how they are made small, which are shown, and what is said of those that are not."""

import base64
import io

import pytest
from PIL import Image

from lambdas.core.models.picture_file import UnreadablePictureError
from lambdas.core.report import album
from lambdas.core.report.album import collect_pictures
from lambdas.core.report.embedding import Embedded, embed
from tests.support.factories.runs import exhausted_run, long_run
from tests.support.factories.sample_run import SampleRun, night_picture

AMPLE_BYTES = 1_000_000


def as_file(picture: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def shown(embedded: Embedded) -> Image.Image:
    return Image.open(io.BytesIO(carried(embedded)))


def carried(embedded: Embedded) -> bytes:
    return base64.b64decode(embedded.data_uri.split(",", 1)[1])


def noise(side_px: int) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise((side_px, side_px), 200) for _ in range(3)])


@pytest.mark.parametrize(
    ("size", "expected"), [((800, 400), (320, 160)), ((300, 900), (107, 320)), ((200, 100), (200, 100))]
)
def test_embed_of_any_shape_fits_the_side_and_keeps_the_shape(size: tuple[int, int], expected: tuple[int, int]) -> None:
    embedded = embed(as_file(Image.new("RGB", size, "navy")), 320, AMPLE_BYTES)
    assert shown(embedded).size == expected == (embedded.width_px, embedded.height_px)


def test_embed_of_a_small_file_keeps_its_bytes() -> None:
    out = io.BytesIO()
    noise(64).save(out, "JPEG", quality=5)
    body = out.getvalue()
    assert carried(embed(body, 320, AMPLE_BYTES)) == body
    assert embed(body, 320, AMPLE_BYTES).data_uri.startswith("data:image/jpeg;base64,")


def test_embed_of_noise_never_passes_its_bytes() -> None:
    body = as_file(noise(400))
    for most_bytes in (60_000, 9_000, 900):
        assert len(carried(embed(body, 320, most_bytes))) <= most_bytes


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16", "CMYK"])
def test_embed_of_every_mode_gives_a_colour_picture(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert shown(embed(as_file(Image.new(mode, (500, 500)), kind), 320, AMPLE_BYTES)).mode == "RGB"


def test_embed_of_a_transparent_picture_lays_it_on_white() -> None:
    pixel = shown(embed(as_file(Image.new("RGBA", (500, 500), (200, 0, 0, 0))), 320, AMPLE_BYTES)).getpixel((9, 9))
    assert pixel == (255, 255, 255)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no picture",
        night_picture(1)[:2_000],
        night_picture(1)[:40] + bytes(500),
        as_file(Image.new("RGB", (9, 9)), "GIF"),
    ],
    ids=["empty", "text", "cut off", "damaged", "no kind that a model returns"],
)
def test_embed_of_no_whole_picture_says_so(body: bytes) -> None:
    with pytest.raises(UnreadablePictureError, match="cannot be read"):
        embed(body, 320, AMPLE_BYTES)


def test_embed_of_a_picture_that_would_fill_the_memory_says_so() -> None:
    with pytest.raises(UnreadablePictureError, match="too large"):
        embed(as_file(Image.new("1", (4097, 4097))), 320, AMPLE_BYTES)


def test_collect_of_few_pictures_shows_every_candidate() -> None:
    history, _ = long_run(1, 3, [night_picture(1), night_picture(2)])
    found = collect_pictures(history)
    assert len(found.frames) == 6
    assert (found.pictures, found.only_best, found.chosen_name) == (6, False, "r00/a01/image-1.png")
    assert found.chosen is not None
    assert found.chosen.width_px == 512
    assert {frame.width_px for frame in found.frames.values()} == {320}


def test_collect_of_many_pictures_shows_the_best_of_each_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(album, "_MANY_PICTURES", 5)
    history, _ = long_run(1, 3, [night_picture(1), night_picture(2)])
    found = collect_pictures(history)
    assert sorted(found.frames) == [f"r00/a0{attempt}/image-1.png" for attempt in (1, 2, 3)]
    assert (found.pictures, found.only_best) == (6, True)


def test_collect_of_the_longest_run_stays_within_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(album, "embed", lambda body, side, most: asked.append(most) or Embedded("data:,", 1, 1))
    collect_pictures(long_run(28, 5, [b"any"] * 5)[0])
    assert len(asked) == 140 + 1
    assert sum(asked) * 4 / 3 < 5_000_000


def test_collect_without_time_left_names_what_it_left_out() -> None:
    history, _ = long_run(1, 3, [night_picture(1)])
    found = collect_pictures(history, time_limit_s=-1)
    assert (found.frames, found.chosen) == ({}, None)
    assert len(found.timed_out) == 3


def test_collect_with_missing_and_damaged_files_says_which() -> None:
    found = collect_pictures(exhausted_run()[0])
    assert found.faults == {
        "r00/a02/image-1.png": "the file is missing",
        "r00/a03/image-1.png": "the file cannot be read as a picture",
        "r00/a04/image-1.png": "the file cannot be read as a picture",
    }
    assert set(found.frames) == {"r00/a01/image-1.png", "r00/a06/image-1.png"}


def test_collect_when_a_file_goes_after_it_was_listed_says_that_it_is_missing() -> None:
    run = SampleRun()
    run.wording(0)
    run.attempt(0, 1, [night_picture(1)])
    history, _ = run.end("ERROR", "ModelAnswerError", "unreadable")
    run.folder.files.clear()
    assert collect_pictures(history).faults == {"r00/a01/image-1.png": "the file is missing"}
