"""`retake open` over an out folder: the browser gets the sheet, or its path is printed."""

import stat
import sys
from pathlib import Path

import pytest

from tests.support.factories.past_runs import write_batch, write_run
from tests.support.harnesses.command import Done, Retake


@pytest.fixture
def browser(retake: Retake) -> Path:
    """A program for $BROWSER that writes the address it gets into a file beside it."""
    path = retake.folder / "browser"
    path.write_text(f"#!{sys.executable}\nimport sys\nopen({str(path) + '.txt'!r}, 'w').write(sys.argv[1])\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def out(retake: Retake) -> Path:
    """An out folder with a run and a batch that have sheets, and a run that has none."""
    out = retake.folder / "out"
    for folder in (write_run(out, "circle", age_s=9).parent, write_batch(out, "posters", age_s=8)):
        (folder / "report.html").write_text("<!doctype html>")
    write_run(out, "empty", age_s=60)
    return out


def run_open(retake: Retake, *arguments: str, **environment: str) -> Done:
    """Run `retake open` as on a machine without a display."""
    kept = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "CI": "", "BROWSER": ""}
    # Python reads $BROWSER once in a process.
    command = retake.run_process if "BROWSER" in environment else retake
    return command("open", *arguments, environment={**kept, **environment})


@pytest.mark.parametrize(
    ("name", "path"), [("circle", "out/circle/report.html"), ("last", "out/batch/posters/report.html")]
)
def test_open_when_there_is_a_browser_then_it_gets_the_sheet(
    name: str, path: str, retake: Retake, out: Path, browser: Path
) -> None:
    done = run_open(retake, name, BROWSER=str(browser))

    assert (done.code, done.stdout, done.stderr) == (0, f"{path}\n", "")
    assert Path(f"{browser}.txt").read_text() == (retake.folder / path).as_uri()


@pytest.mark.parametrize(
    ("environment", "note"), [({}, "there is no display"), ({"CI": "1", "DISPLAY": ":0"}, "where CI is set")]
)
@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="these always have a display")
def test_open_when_there_is_no_browser_then_the_path_is_printed_with_a_note(
    environment: dict[str, str], note: str, retake: Retake, out: Path
) -> None:
    done = run_open(retake, "circle", **environment)

    assert (done.code, done.stdout) == (0, "out/circle/report.html\n")
    assert note in done.stderr


def test_open_when_only_the_path_is_wanted_then_no_browser_starts(retake: Retake, out: Path, browser: Path) -> None:
    done = run_open(retake, "circle", "--print", BROWSER=str(browser))

    assert (done.code, done.stdout, done.stderr) == (0, "out/circle/report.html\n", "")
    assert not Path(f"{browser}.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("empty",), "out/empty/report.html does not exist: it is written when a run ends"),
        (("circel",), "did you mean circle?"),
        (("../out/circle",), "holds no run or batch"),
        (("circle", "--download", "pictures"), "--download: needs --stack NAME"),
    ],
)
def test_open_when_there_is_nothing_to_open_then_exit_2(
    arguments: tuple[str, ...], message: str, retake: Retake, out: Path
) -> None:
    done = run_open(retake, *arguments)

    assert (done.code, done.stdout) == (2, "")
    assert message in done.errors[0]
    assert not (retake.folder / "pictures").exists()
