"""Reading a comment: what is scored, and where each scored character stands in the original."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.shadow import Edit, Shadow
from sentiment.text import read


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("An ordinary comment.", "An ordinary comment."),
        ("a < b and <3 and <sarcasm> stay", "a < b and <3 and <sarcasm> stay"),
        ("x<y && y>z; R&D; AT&T", "x<y && y>z; R&D; AT&T"),
        ("<b>bold</b> f<i></i>uck", "bold fuck"),
        ("one<br>two<p class='x'>three</p>", "one two three "),
        ("fish &amp; chips &lt;b&gt; &#39;&#x41;", "fish & chips <b> 'A"),
        ("see <a href='http://example.org/x'>this</a>", "see  http://example.org/x this "),
        ("<!-- hidden -->shown", "shown"),
        ("f\u200bu\u00adc\u2060k\u202e \ufeffyou", "fuck you"),
        ("\U000e0041tagged\x00", "tagged"),
        ("ｆｕｌｌ 𝓯𝓪𝓷𝓬𝔂 ⓒⓘⓡⓒⓛⓔⓓ ﬁne…", "full fancy circled fine..."),
        ("don’t say “that” — ever", 'don\'t say "that" - ever'),
        ("cafe\u0301 Ti\u00ea\u0301ng Vi\u1ec7t", "café Tiếng Việt"),
        ("i\u0334\u0321d\u0337\u031bi\u0338o\u0335t", "idiot"),
        ("ѕhit and аѕѕ and ρоrn", "shit and ass and porn"),
        ("blank\u3164\u2800here", "blank  here"),
        ("1️⃣ ❤️", "1 ❤"),
        ("", ""),
    ],
)
def test_plain_is_what_a_reader_sees(written: str, plain: str) -> None:
    """Markup, invisible characters and foreign spellings of Latin letters are gone; content stays."""
    assert read(written).plain.text == plain


@pytest.mark.parametrize(
    "written",
    [
        "Привет, как дела? Это не латиница.",
        "Καλημέρα κόσμε, τι κάνεις;",
        "你好，世界",
        "مرحبا بالعالم",
        "नमस्ते दुनिया",
        "Ծանոթ խոսք",
        "he said Да and left",
    ],
)
def test_other_scripts_stay_what_they_are(written: str) -> None:
    """Words wholly in another script are not turned into Latin."""
    assert read(written).plain.text == unicodedata.normalize("NFKC", written)


def test_joined_emoji_stay_one_picture() -> None:
    """A joiner between pictures is meaning; between letters it is a disguise."""
    assert read("👩\u200d🚀 f\u200du\u200dck ❤\ufe0f\u200d🔥").plain.text == "👩\u200d🚀 fuck ❤\u200d🔥"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("You 1D10T", "you idiot"),
        ("$hit @ss a$$hole 5hit", "shit ass asshole shit"),
        ("f*ck f**k! sh*t f***ing b****", "fuck fuck! shit fucking bitch"),
        ("f-ck sh.it f_u_c_k", "fuck shit fuck"),
        ("i.d.i.o.t i d i o t, 1 d 1 0 t", "idiot idiot, idiot"),
        ("v1agra h3llo m0ney ca$h", "viagra hello money cash"),
        ("idiooooot fuuuuck gooood coooool bullshiiit", "idiot fuck good cool bullshit"),
        ("KKK www.example.org XXX awwww thinkkk", "kkk www.example.org xxx aw think"),
        ("*b!tch* #f4ggot encycl0pedia", "*bitch* #faggot encyclopedia"),
        ("rip i*d*i*o*t u.s.a", "rip idiot usa"),
        ("ÍDÍÓT 🅵🆄🅲🅺", "idiot fuck"),
        ("*idiot* **stupid**", "*idiot* **stupid**"),
        ("sh17 suck5 id107 d15gu571ng l1ar5 r@c157", "shit sucks idiot disgusting liars racist"),
        ("stu😂pid lo🔥🔥ser pathe🤡tic", "stupid loser pathetic"),
    ],
)
def test_folded_undoes_disguises(written: str, folded: str) -> None:
    """What a reader makes of a disguised word is what gets scored."""
    assert read(written).folded.text == folded


@pytest.mark.parametrize(
    "written",
    [
        "in 1990 i bought 10 books for $100, 3 for £5.50",
        "at 10:30am, 7pm and 5th of may, the 1990s, 2nd and 3rd",
        "python 3.11, v2.0.1, mp3s, h264, 1080p, covid19, b2b, 4k, 10kg",
        "http://example.org/f1ck?a=b1c www.example.org/d1ck joe@example.org",
        "well-known mother-in-law, e.g. this; and so on... or not?!",
        "gr8 m8, c u l8r, r u a friend",
        "@l33tname tr@example rock4ever joe3x@example.org #sex 7.1.7.2.1",
        "don't, won't, can't",
        "the a55 to chester, ps5, top10, win10, covid19 and toonlucas22",
        "love😂you ok👍thanks see✨you",
        "пример текста",
    ],
)
def test_numbers_and_addresses_are_no_disguise(written: str) -> None:
    """Prices, times, versions, units and links keep their spelling in the folded view."""
    assert read(written).folded.text == written


def test_places_lead_back_to_the_original() -> None:
    """A span found in a shadow names the author's own characters, with everything hidden inside them."""
    written = "<b>You</b> f\u200bu\u200bck &amp; 1d10t"
    reading = read(written)
    begin = reading.folded.text.index("fuck")
    origin = reading.folded.origin(begin, begin + 4)
    assert written[slice(*origin)] == "f\u200bu\u200bck"
    ampersand = reading.plain.text.index("&")
    assert written[slice(*reading.plain.origin(ampersand, ampersand + 1))] == "&amp;"
    idiot = reading.folded.text.index("idiot")
    assert written[slice(*reading.folded.origin(idiot, idiot + 5))] == "1d10t"


def test_ordinary_text_costs_no_map() -> None:
    """A comment without markup, disguise or odd characters is its own shadow."""
    reading = read("An ordinary comment, nothing special.")
    assert reading.plain.begins is None
    assert reading.folded.begins is None


TRICKY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("aaabck1!$*@.-_ \n<>&;/='\"\0\u200b\u200d\ufe0f\u0301\u0334\ud800"),
        st.sampled_from("😀❤🔥сохЯοαßİﬁ…ﷺ가\u1161\u11a8"),
    ),
    max_size=60,
)
PIECES = st.lists(
    st.one_of(
        TRICKY,
        st.sampled_from(["<b>", "</b>", "<br/>", "<a href='x'>", "&amp;", "&#0;", "&lt;", "<!-- -->"]),
        st.sampled_from(["f*ck", "i d i o t"]),
    ),
    max_size=8,
).map("".join)


def _assert_sound(shadow: Shadow, original: str) -> None:
    if shadow.begins is None or shadow.ends is None:
        assert len(shadow.text) == len(original)
        return
    assert len(shadow.begins) == len(shadow.ends) == len(shadow.text)
    assert shadow.begins.dtype == shadow.ends.dtype == np.int32
    assert np.all(np.diff(shadow.begins) >= 0)
    assert np.all(np.diff(shadow.ends) >= 0)
    assert np.all(shadow.begins < shadow.ends)
    if len(shadow.text):
        assert shadow.begins[0] >= 0
        assert shadow.ends[-1] <= len(original)


@given(PIECES)
def test_every_place_is_sound(written: str) -> None:
    """Whatever is written: places rise, stay in range, are never empty, and the shadows stay of linear size."""
    reading = read(written)
    _assert_sound(reading.plain, written)
    _assert_sound(reading.folded, written)
    assert len(reading.plain.text) <= 4 * len(written)
    assert len(reading.folded.text) <= len(reading.plain.text)
    assert "\0" not in reading.plain.text + reading.folded.text


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="<&"), max_size=80))
def test_plain_ascii_is_read_as_it_is(written: str) -> None:
    """Where there is nothing to clean, nothing changes."""
    assert read(written).plain.text == written


@given(PIECES)
def test_reading_does_not_depend_on_what_was_read_before(written: str) -> None:
    """The same text always reads the same."""
    assert read(written).folded.text == read(written).folded.text


@given(st.text(max_size=30), st.data())
def test_edits_replace_exactly_what_they_name(text: str, data: st.DataObject) -> None:
    """A shadow after edits reads like a list of characters after the same edits, and knows each one's place."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    edits = [
        Edit(begin, end, data.draw(st.text(max_size=3)))
        for begin, end in zip(cuts[::2], cuts[1::2], strict=False)
        if begin < end
    ]
    expected: list[tuple[str, int, int]] = []
    at = 0
    for begin, end, replacement in [*edits, Edit(len(text), len(text), "")]:
        expected += [(text[place], place, place + 1) for place in range(at, begin)]
        expected += [(letter, begin, end) for letter in replacement]
        at = end
    shadow = Shadow(text).edited(edits)
    assert shadow.text == "".join(letter for letter, _, _ in expected)
    assert [shadow.origin(place, place + 1) for place in range(len(expected))] == [(b, e) for _, b, e in expected]


HOSTILE = {
    "one word": "a" * 20_480,
    "drawn out": "aaab" * 5_120,
    "stacked marks": ("a" + "\u0335\u0310" * 9) * 1_078,
    "open tags": "<a x= " * 3_413,
    "open values": '<a x="' * 3_413,
    "open comments": "<!--" * 5_120,
    "ampersands": "&am" * 6_826,
    "starred out": "f**k f**a " * 2_048,
    "spelt apart": "a b " * 5_120,
    "hyphens": "a-" * 10_240,
    "joined emoji": "😀\u200d" * 10_240,
    "ligatures": "ﬁ" * 20_480,
    "long expansions": "ﷺ" * 20_480,
    "mixed scripts": "сука" * 5_120 + " hello",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("written", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_read_in_linear_time(written: str) -> None:
    """Ten times the length takes no more than a fair multiple of ten times as long: anything worse runs out of time."""
    reading = read(written * 10)
    _assert_sound(reading.plain, reading.original)
    _assert_sound(reading.folded, reading.original)
