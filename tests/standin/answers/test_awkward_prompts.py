"""Prompts that are easily misread: every part of them is a requirement, and what is not understood is not certain."""

import pytest

from standin.answers.requirements import derive_requirements
from standin.options import Options
from standin.scenes.judge import judge
from standin.scenes.language.parse_scene import parse_scene
from standin.scenes.language.scene import Scene, Unread
from standin.scenes.painter import paint
from standin.wire.picture_file import encode_picture

PROMPTS: list[tuple[str, list[str], list[str]]] = [
    # Each: the prompt, the certain requirements, the uncertain ones.
    (
        "a black cat on a red sofa, a full moon outside the window",
        ["a full moon"],
        ["a black cat on a red sofa", "a full moon outside the window"],
    ),
    # A later sentence may change what an earlier one says.
    ("a square. No, make it a circle.", [], ["a square. No, make it a circle"]),
    ("a red square. Make it blue.", [], ["a red square. Make it blue"]),
    ("two boats on a lake. They are red.", [], ["two boats on a lake. They are red"]),
    ("赤い丸。やっぱり青い丸にして。", [], ["赤い丸。やっぱり青い丸にして"]),
    ("a red square, make it blue", [], ["a red square, make it blue"]),
    # A second thing of the same kind may be another one.
    *(
        (prompt, [], [prompt])
        for prompt in (
            "Three circles. A circle on the left",
            "Two boats. Over three boats",
            "two boats, a cat in a boat",
            "家が二軒。猫のいる家",
            "Two red boats. A red boat on the left",
            "Two boats. A boat to the left of a house",
            "Two houses. The house is on the left",
            "Birds. A bird above the sea",
            "A boat on a lake. Two boats",
            "A house. A house. A house",
            "The moon. A full moon",
            "A red circle. A blue circle. The circle is on the left",
            "a boat. a boat. the boat",
            "家が二軒。左に家がある",
            "家。右側に家",
        )
    ),
    ("A house. The house is on the left.", ["a house", "the house is on the left side"], []),
    ("海の上に満月。海に船が一艘", ["the sea", "a full moon", "one boat"], []),
    # Stars in the sky have no number and no colour.
    ("red stars in the sky above a lake", ["a lake"], ["red stars in the sky above a lake"]),
    ("three stars in the sky", [], ["three stars in the sky"]),
    ("a red star in the sky", [], ["a red star in the sky"]),
    ("five yellow stars at night", [], ["five yellow stars at night"]),
    ("five yellow stars", ["exactly five yellow star shapes"], []),
    ("two starry sky", [], ["two starry sky"]),
    ("夜空に星が三つ", ["a night sky"], ["夜空に星が三つ"]),
    # Words that change a number, or turn it into a limit.
    *(
        (prompt, [], [prompt])
        for prompt in (
            "over three boats on a lake",
            "under three boats",
            "at least three boats",
            "up to two houses",
            "about five trees",
            "only three boats",
            "fewer than three boats",
            "three boats at most",
            "three boats or more",
            "three boats, or more",
            "three boats, at least",
            "a red house, or a blue house",
            "anything but a house",
            "everything but a car",
            "all but two cars",
            "船が三艘以上",
            "船が三艘、または四艘",
            "船が三艘、できれば四艘",
        )
    ),
    ("a lake with over three boats", ["a lake"], ["a lake with over three boats"]),
    ("a lake with two houses at least", ["a lake"], ["a lake with two houses at least"]),
    ("a red circle. A green door.", ["a red circle"], ["A green door"]),
    ("a circle of light, two mountains", [], ["a circle of light", "two mountains"]),
    ("a large red circle", ["a red circle"], ["a large red circle"]),
    ("a house with a green door", ["a house"], ["a house with a green door"]),
    ("a cat wearing a hat", [], ["a cat wearing a hat"]),
    ("a cat with a hat by a lake", [], ["a cat with a hat by a lake"]),
    ("a house, a tree made of glass", ["a house"], ["a tree made of glass"]),
    ("a dozen apples", [], ["a dozen apples"]),
    ("fifteen apples", [], ["fifteen apples"]),
    ("two pairs of cups", [], ["two pairs of cups"]),
    ("a couple of houses", [], ["a couple of houses"]),
    ("several trees and a house", ["a house"], ["several trees"]),
    ("a few stars", [], ["a few stars"]),
    ("half a moon", [], ["half a moon"]),
    ("an upside-down house", [], ["an upside-down house"]),
    ("three red circles in a row", [], ["three red circles in a row"]),
    ("a circle inside a square", ["a circle"], ["a circle inside a square"]),
    ("a red and blue ball", [], ["a red and blue ball"]),
    ("a black and white house", [], ["a black and white house"]),
    ("a red house and boat", ["a red house"], ["a red house and boat"]),
    ("two red circles, three red circles", [], ["two red circles, three red circles"]),
    ("a house on the left and a house on the right", [], ["a house on the left and a house on the right"]),
    (
        "a red circle and a blue square on the left",
        ["a red circle", "a blue square"],
        ["a red circle and a blue square on the left"],
    ),
    (
        "a red circle left of a blue square and a green star",
        ["a red circle", "a blue square"],
        ["a red circle left of a blue square and a green star"],
    ),
    ("circles", [], ["circles"]),
    ("a red moon", [], ["a red moon"]),
    ("a purple forest", [], ["a purple forest"]),
    ("two lakes", [], ["two lakes"]),
    ("a night sky at sunset", [], ["a night sky at sunset"]),
    ("an aurora in a daytime sky", [], ["an aurora in a daytime sky"]),
    ("a sea and a river", [], ["a sea and a river"]),
    ("a photo of a red circle", ["a red circle"], ["a photo of a red circle"]),
    ('a sign that says "OPEN"', ['a sign that says "OPEN"'], []),
    ('a sign that says "Open"', [], ['a sign that says "Open"']),
    ('a sign that says "ROOM 101"', [], ['a sign that says "ROOM 101"']),
    ("a sign that says 'ОТКРЫТО'", [], ["a sign that says 'ОТКРЫТО'"]),
    ('a sign with the text "BÄCKEREI"', [], ['a sign with the text "BÄCKEREI"']),
    ('a sign that says "100 %" by a lake', [], ['a sign that says "100 %" by a lake']),
    ("a mountain covered in snow", [], ["a mountain covered in snow"]),
    ("a forest on fire", ["a forest"], ["a forest on fire"]),
    ("a fire engine", [], ["a fire engine"]),
    ("apple pie", [], ["apple pie"]),
    ("a red circle, not a blue one", [], ["a red circle, not a blue one"]),
    ("a red car, not blue", [], ["a red car, not blue"]),
    ("a dog but no cat", [], ["a dog but no cat"]),
    ("cars without people", [], ["cars without people"]),
    ("the sea without boats", ["the sea", "no boats"], []),
    ("a beach, no people or cars", ["a sandy beach", "no people", "no cars"], []),
    ("no people, clouds", [], ["no people, clouds"]),
    ("not a single tree", ["no trees"], []),
    ("nobody", ["no people"], []),
    ("an empty street", [], ["an empty street"]),
    ("a moonless night", [], ["a moonless night"]),
    ("a square with no corners", [], ["a square with no corners"]),
    ("a lake without swans, a red house", [], ["a lake without swans, a red house"]),
    ("neither cats nor dogs", [], ["neither cats nor dogs"]),
    ("a house rather than a tree", [], ["a house rather than a tree"]),
    ("A house and a tree. Remove the tree.", ["a house"], ["a tree. Remove the tree"]),
    ("a tree or a house", [], ["a tree or a house"]),
    ("a white circle on a black background", ["a white circle", "a black background"], []),
    ("a red circle on a patterned background", ["a red circle"], ["a red circle on a patterned background"]),
    ("Ein rotes Haus am See, ohne Autos. Ein Baum.", [], ["Ein rotes Haus am See, ohne Autos", "Ein Baum"]),
    (
        "流氷の浮かぶ海の上にオーロラと満月、右側に雪山、無人",
        [
            "drift ice on the sea",
            "the sea",
            "an aurora",
            "a full moon",
            "a snowy mountain",
            "the snowy mountain is on the right side",
            "no people",
        ],
        [],
    ),
    ("海、無人", ["the sea", "no people"], []),
    # Whether an "and" or a comma ends an exclusion, nobody knows.
    ("a beach without a house, a car and a boat", [], ["a beach without a house, a car and a boat"]),
    ("a lake without a boat and a bridge", [], ["a lake without a boat and a bridge"]),
    ("a beach with no house and a car", [], ["a beach with no house and a car"]),
    ("a beach without cars and a house", [], ["a beach without cars and a house"]),
    ("a lake without a boat", ["a lake", "no boats"], []),
    # A place before a list is that of the first thing, or of all.
    (
        "On the left: a house, a tree. On the right: a car.",
        [],
        ["On the left: a house, a tree", "On the right: a car"],
    ),
    ("On the left a house, a tree", [], ["On the left a house, a tree"]),
    ("In the foreground, a house, a car", [], ["In the foreground, a house, a car"]),
    ("左に家、木。右に車。", ["a car", "the car is on the right side"], ["左に家、木"]),
    ("a house, on the left, a tree", [], ["a house, on the left, a tree"]),
    ("a house, by the lake, a tree", [], ["a house, by the lake, a tree"]),
    ("家、左に、木", [], ["家、左に、木"]),
    # Whose lantern is it?
    ("a person at night with a lantern", ["a person", "a night sky"], ["a person at night with a lantern"]),
    ("a person, with a lantern", ["a person"], ["with a lantern"]),
    ("a bird with a lantern", [], ["a bird with a lantern"]),
    ("the moon with a house", ["the moon"], ["the moon with a house"]),
    ("a boat on the lake with a lantern", ["a boat", "a lake"], ["a boat on the lake with a lantern"]),
    ('a bird with a sign that says "HI"', [], ['a bird with a sign that says "HI"']),
    ("a beach with a house", ["a sandy beach", "a house"], []),
    ("a forest, a night sky with stars", ["a forest", "a night sky", "stars in the sky"], []),
    (
        "a person at night with stars and a lantern",
        ["a person", "a night sky", "a lantern"],
        ["a person at night with stars"],
    ),
    # The painter puts nothing next to a water or over a house on purpose.
    ("a house next to the lake", ["a house"], ["a house next to the lake"]),
    ("a car by the sea", ["a car"], ["a car by the sea"]),
    ("the moon over the house", ["the moon"], ["the moon over the house"]),
    # A counter or a verb of another thing.
    *[
        (prompt, [], [prompt])
        for prompt in ("三人の家", "一人の家", "二人の船", "五人の車", "三匹の丸", "三本の車", "丸が三人")
    ],
    ("家が三軒、人が三人", ["exactly three houses", "exactly three people"], []),
    *[
        (prompt, [], [prompt])
        for prompt in ("家が浮かぶ", "車が浮かんでいる", "人が浮かぶ", "木が浮かんだ", "虹が流れる")
    ],
    *[(prompt, [], [prompt]) for prompt in ("月が流れる", "鳥が立っている", "月が立っている")],
    ("灯台が立っている。月が浮かぶ", ["a lighthouse", "the moon"], []),
    # What is only similar.
    *[
        (prompt, [], [prompt])
        for prompt in ("seagulls", "カモメ", "a mug", "a ball", "ボール", '"a red house"', '"OPEN"')
    ],
    ("a forest, no trees", [], ["a forest, no trees"]),
    # Letters that a pattern may take for those of a known word.
    *[(prompt, [], [prompt]) for prompt in ("a lıghthouse", "a houſe", "a sıgn")],
    ("İ, A RED HOUSE", ["a red house"], ["İ"]),
    ("無人島", [], ["無人島"]),
    ("人のいない海", ["the sea", "no people"], []),
    ("誰もいない砂浜に船が一艘", [], ["誰もいない砂浜に船が一艘"]),
    ("猫は描かない", [], ["猫は描かない"]),
    ("猫のいない家", [], ["猫のいない家"]),
    ("車、人のいない海", [], ["車、人のいない海"]),
    ("犬と猫が2匹ずつ", [], ["犬と猫が2匹ずつ"]),
    ("赤い屋根の家", [], ["赤い屋根の家"]),
    ("海の家", [], ["海の家"]),
    ("看板に「OPEN」", ['a sign that says "OPEN"'], []),
    ("看板に「営業中」", [], ["看板に「営業中」"]),
    ("赤い丸ではなく青い四角", [], ["赤い丸ではなく青い四角"]),
    ("赤い丸が三つ、猫", ["exactly three red circles"], ["猫"]),
    ("大きな家", [], ["大きな家"]),
    ("木馬と家", [], ["木馬と家"]),
    ("左右に木", [], ["左右に木"]),
    ("赤い丸か青い丸", [], ["赤い丸か青い丸"]),
    ("人を入れずに、海を描く", [], ["人を入れずに、海を描く"]),
    ("丸以外のもの", [], ["丸以外のもの"]),
    (
        "青い四角の左に赤い丸が三つ",
        ["a blue square", "exactly three red circles", "the three red circles are to the left of the blue square"],
        [],
    ),
]


@pytest.mark.parametrize(("prompt", "certain", "uncertain"), PROMPTS)
def test_requirements_of_an_awkward_prompt(prompt: str, certain: list[str], uncertain: list[str]) -> None:
    requirements = derive_requirements({"prompt": prompt, "negative_prompt": None})["requirements"]
    assert [one["text"] for one in requirements] == certain + uncertain
    picture = encode_picture(paint(prompt, "", 1, 96, 96, Options(error_rate=0)), "png")
    checks = judge([picture], {"requirements": requirements})["checks"]
    assert [check["certain"] for check in checks] == [True] * len(certain) + [False] * len(uncertain)
    assert not any(check["met"] for check in checks[len(certain) :])


@pytest.mark.parametrize(
    ("prompt", "negative", "texts"),
    [
        ("a blue car by the sea", "red cars", ["no red cars"]),
        ("a blue car by the sea", "cars", ["not in the picture: cars"]),
        ("a blue car by the sea", "blue cars", ["not in the picture: blue cars"]),
        ("a lake, no red cars", "cars", ["no red cars", "no cars"]),
        ("a lake, no cars", "cars", ["no cars"]),
        ("a lake", "people but a car", ["not in the picture: people but a car"]),
        # Alone, the term would be a car and a person that must be there.
        ("a house", "car!person", ["not in the picture: car!person"]),
        ("湖", "人、車", ["no people", "no cars"]),
        ("a forest", "trees", ["not in the picture: trees"]),
        ("a full moon", "moon", ["not in the picture: moon"]),
        ("a lake", "people\ncar", ["no people", "no cars"]),
        ("a lake", "people or cars.", ["no people", "no cars"]),
        *(
            ("a lake", term, [f"not in the picture: {term}"])
            for term in ("people but a car", "car!person", "car? a person", "car while a tree", "car! a zebra")
        ),
        *(
            ("a lake", term, [f"no {term}"])
            for term in ("people and a car", "people with a car", "people: a car", "nobody", "no people")
        ),
    ],
)
def test_every_term_of_a_negative_prompt_is_a_requirement(prompt: str, negative: str, texts: list[str]) -> None:
    found = derive_requirements({"prompt": prompt, "negative_prompt": negative})["requirements"]
    without = derive_requirements({"prompt": prompt.partition(",")[0], "negative_prompt": None})["requirements"]
    assert [one["text"] for one in found if one["text"] not in {other["text"] for other in without}] == texts


def test_a_text_with_very_many_things_is_unread() -> None:
    assert parse_scene("a house, " * 3000) == Scene(unread=(Unread(("a house, " * 3000).strip()),))


def test_what_has_no_room_in_the_list_is_counted_in_its_last_entry() -> None:
    prompt = ", ".join(f"a {name} circle" for name in ("red", "blue", "green", "yellow")) + ", a zebra"
    found = derive_requirements({"prompt": prompt, "negative_prompt": None, "max_requirements": 3})["requirements"]
    assert [one["text"] for one in found] == ["a red circle", "a blue circle", "the other 3 parts of the prompt"]
