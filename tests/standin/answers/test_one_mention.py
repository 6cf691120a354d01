"""Properties of the stand-in for any text that names a thing again: each certain requirement comes from one mention."""

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from standin.answers.requirements import derive_requirements
from standin.scenes.language.parse_scene import parse_scene
from standin.scenes.language.phrases import NUMBER_WORDS
from standin.scenes.language.vocabulary import things

THINGS = ("house", "boat", "circle", "star")
COLOURS = (None, None, "red", "blue")
JAPANESE = {
    "house": "家",
    "boat": "船",
    "circle": "丸",
    "star": "星形",
    "red": "赤い",
    "blue": "青い",
    "left": "左に",
    "right": "右に",
}


class Named(NamedTuple):
    """A thing as a text names it."""

    text: str
    thing: str
    colour: str | None
    number: int | None = None
    place: str | None = None
    is_definite: bool = False
    is_vague: bool = False
    """Whether words around it make its number unknown."""
    is_excluded: bool = False


@st.composite
def english(draw: st.DrawFn) -> Named:
    """Draw a noun phrase with an article, a number, or words that make a limit of the number."""
    thing, colour = draw(st.sampled_from(THINGS)), draw(st.sampled_from(COLOURS))
    if draw(st.integers(0, 5)) == 0:
        return Named(f"no {colour or ''} {things()[thing].plural}", thing, colour, is_excluded=True)
    count = draw(st.sampled_from((None, None, None, 2, 3)))
    article = draw(st.sampled_from(("a", "a", "the") if count is None else ("", "the")))
    vague = draw(
        st.sampled_from(("{}",) * 4 + ("{} or two", "anything but {}") if count is None else
                        ("{}",) * 5 + ("at least {}", "over {}", "up to {}", "fewer than {}", "only {}", "{} at most",
                                       "{} or more", "{}, or more", "not {}"))
    )  # fmt: skip
    noun = things()[thing].plural if count else things()[thing].noun
    place = draw(st.sampled_from((None, None, "left", "right")))
    where = f" on the {place}" if place else ""
    words = f"{article} {NUMBER_WORDS[count] if count else ''} {colour or ''} {noun}"
    return Named(vague.format(words) + where, thing, colour, count, place, article == "the", vague != "{}")


@st.composite
def japanese(draw: st.DrawFn) -> Named:
    """Draw the same in Japanese, which has no article."""
    thing, colour = draw(st.sampled_from(THINGS)), draw(st.sampled_from(COLOURS))
    name = JAPANESE.get(colour or "", "") + JAPANESE[thing]
    if draw(st.integers(0, 5)) == 0:
        # The reader of Japanese does not know the colour of an excluded thing.
        return Named(f"{JAPANESE[thing]}なし", thing, None, is_excluded=True)
    count, place = draw(st.sampled_from((None, 2, 3))), draw(st.sampled_from((None, None, "left", "right")))
    number = f"が{count}つ" if count else ""
    vague = draw(st.sampled_from(("", "", "", "以上", "以外", "くらい", "ではない")))
    return Named(
        JAPANESE.get(place or "", "") + name + number + vague, thing, colour, count, place, is_vague=bool(vague)
    )


@given(
    st.lists(english(), min_size=1, max_size=4), st.sampled_from((". ", ", ", "; ", " and ", ". There is ", " but "))
)
@settings(max_examples=300, deadline=None)
def test_a_certain_requirement_comes_from_one_mention_in_english(named: list[Named], gap: str) -> None:
    _check(gap.join(" ".join(one.text.split()) for one in named), named)


@given(st.lists(japanese(), min_size=1, max_size=4), st.sampled_from(("、", "。")))
@settings(max_examples=300, deadline=None)
def test_a_certain_requirement_comes_from_one_mention_in_japanese(named: list[Named], gap: str) -> None:
    _check(gap.join(one.text for one in named), named)


def _check(prompt: str, named: list[Named]) -> None:
    for requirement in derive_requirements({"prompt": prompt, "negative_prompt": None})["requirements"]:
        scene = parse_scene(requirement["text"])
        for want in () if scene.unread else scene.wants:
            alike = [one for one in named if one.thing == want.thing and _may_be_one(one.colour, want.colour)]
            case = (prompt, requirement["text"])
            assert not any(one.is_vague for one in alike), case
            assert {one.is_excluded for one in alike} == {want.is_absent}, case
            if want.is_absent:
                assert any(one.colour == want.colour for one in alike), case
                continue
            first, *others = [one for one in alike if want.colour is None or one.colour is not None or one.is_definite]
            assert all(one.is_definite and one.number in (None, first.number) for one in others), case
            assert want.count in (None, *(one.number for one in alike)), case
            assert not want.place or any(one.place == want.place for one in alike), case
            assert want.count == first.number or first.colour != want.colour, case


def _may_be_one(colour: str | None, other: str | None) -> bool:
    return None in (colour, other) or colour == other
