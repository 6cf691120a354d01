"""Relative links of a sheet are replaced; everything else of the page stays as it is, byte for byte."""

import pytest

from retake.deployed.links import replace_links, resolve

KEY = "batch/posters/report.html"


@pytest.mark.parametrize(
    ("link", "key"),
    [
        ("results.csv", "batch/posters/results.csv"),
        ("./results.csv", "batch/posters/results.csv"),
        ("../../generated-images/b--1/r00/a01/image-1.png", "generated-images/b--1/r00/a01/image-1.png"),
        ("../../generated-images/caf%C3%A9%20x/a.png", "generated-images/café x/a.png"),
        ("a.png?x=1#top", "batch/posters/a.png"),
        ("../../../../etc/passwd", None),
        ("../../..", None),
        ("/etc/passwd", None),
        ("//evil.example/a.png", None),
        ("https://evil.example/a.png", None),
        ("data:image/png;base64,AAAA", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("http://[bad", None),
        ("#rejected", None),
        ("", None),
    ],
)
def test_resolve_when_a_link_is_relative_then_its_key_is_returned(link: str, key: str | None) -> None:
    assert resolve(link, KEY) == key


def test_replace_when_tags_have_relative_links_then_only_they_change() -> None:
    page = (
        '<!doctype html>\n<title>a &lt;img src="x.png"&gt;</title>\n'
        '<img alt="src=\'a.png\'" src="../../p/a.png"><a\n  href=\'b&amp;c.csv\' class="x">b</a>\n'
        '<!-- <img src="comment.png"> --><script>const s = \'<img src="script.png">\';</script>'
        '<a href="#top">top</a><a data-href="no.png">no</a><img src="data:,"/>日本<img src="é.png">\n'
    )

    replaced = replace_links(page, KEY, lambda key: f'https://s3/{key}?a=1&b="2"')

    assert replaced == (
        page.replace('"../../p/a.png"', '"https://s3/p/a.png?a=1&amp;b=&quot;2&quot;"')
        .replace("'b&amp;c.csv'", '"https://s3/batch/posters/b&amp;c.csv?a=1&amp;b=&quot;2&quot;"')
        .replace('"é.png"', '"https://s3/batch/posters/é.png?a=1&amp;b=&quot;2&quot;"')
    )


def test_replace_when_no_address_is_given_then_the_link_stays() -> None:
    page = '<p>\r\n<a href="a.csv">a</a>\n</p>'

    assert replace_links(page, KEY, lambda _: None) == page
