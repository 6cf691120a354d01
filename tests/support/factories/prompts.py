"""Prompts of known and unknown parts, in English and Japanese, as hypothesis strategies."""

from hypothesis import strategies as st

ENGLISH = (
    "a red circle",
    "two blue squares",
    "a lake",
    "a full moon",
    "a house",
    "three boats",
    "a rainbow",
    "a forest",
    "a tree on the left",
    "no cars",
)
JAPANESE = {
    "赤い丸": "red circle", "青い四角が二つ": "two blue squares", "湖": "lake", "満月": "full moon", "虹": "rainbow",
    "家が一軒ある": "one house", "右側に木": "tree",
}  # fmt: skip
unknown = st.from_regex(r"zq[a-z]{2,5}", fullmatch=True)
unknown_japanese = st.text("猫犬鉄窓机夢糸鏡", min_size=1, max_size=3)
phrases = st.one_of(
    st.sampled_from(ENGLISH),
    st.builds(
        lambda shape, word, known: shape.format(word=word, known=known),
        st.sampled_from(
            ("a {word}", "{known} with a {word}", "{known} on a {word}", "a {word} by {known}", "{known} of {word}",
             "{known} {word}", "a {word} left of {known}", "{known} like a {word}", "{word} {known}", "{known} is {word}",
             "{known} and a {word}", "{known} or a {word}", "{known} ({word})")
        ),
        unknown,
        st.sampled_from(ENGLISH),
    ),
)  # fmt: skip
prompts = st.builds(lambda parts, gaps: "".join(p + g for p, g in zip(parts, gaps, strict=False)).rstrip(", "),
                    st.lists(phrases, min_size=1, max_size=5), st.lists(st.sampled_from((", ", ". ", "; ")), min_size=5, max_size=5))  # fmt: skip
japanese = st.lists(
    st.one_of(
        st.sampled_from(sorted(JAPANESE)),
        st.builds(
            lambda shape, word, known: shape.format(word=word, known=known),
            st.sampled_from(
                ("{word}", "{known}と{word}", "{word}の{known}", "{known}の{word}", "{known}に{word}が走る")
            ),
            unknown_japanese,
            st.sampled_from(("赤い丸", "湖", "満月")),
        ),
    ),
    min_size=1,
    max_size=5,
).flatmap(lambda parts: st.sampled_from(("、", "。")).map(lambda gap: gap.join(parts)))
