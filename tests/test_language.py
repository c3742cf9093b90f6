"""Which language a comment is in: sure of the long, careful with the short, silent where there is nothing to tell."""

import io
import lzma
from pathlib import Path

import numpy as np
import py3langid  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE  # type: ignore[import-untyped]

from sentiment.language import LANGUAGES, UNKNOWN, detect, prepare
from sentiment.text import read

SENTENCES = {
    "ar": ["أنت شخص غبي جدا ولا أحد يحبك", "شكرا لك على هذا المقال الرائع"],
    "cs": ["Jsi úplný idiot a nikdo tě nemá rád", "Děkuji za skvělý článek"],
    "da": ["Du er en kæmpe idiot, og ingen kan lide dig", "Tak for en rigtig god artikel"],
    "de": ["Du bist ein absoluter Vollidiot", "Danke für den schönen Artikel", "Halt endlich die Klappe"],
    "el": ["Είσαι ηλίθιος και κανείς δεν σε συμπαθεί", "Ευχαριστώ για το άρθρο"],
    "en": ["You are a complete idiot and nobody likes you", "Thank you for this wonderful article, I enjoyed it"],
    "es": ["Eres un idiota y nadie te quiere", "Muchas gracias por este artículo", "Vete a la mierda, pendejo"],
    "fa": ["تو خیلی احمق هستی و هیچکس دوستت ندارد"],
    "fi": ["Olet täysi idiootti eikä kukaan pidä sinusta", "Kiitos hienosta artikkelista"],
    "fr": ["Tu es vraiment un imbécile, tais-toi", "Merci pour cet article", "C'est nul"],
    "he": ["אתה אידיוט ואף אחד לא אוהב אותך", "תודה על הכתבה"],
    "hi": ["तुम बहुत बेवकूफ हो", "इस लेख के लिए धन्यवाद"],
    "id": ["Kamu memang bodoh sekali dan tidak tahu apa-apa", "Terima kasih atas artikel yang bagus ini"],
    "it": ["Sei un idiota e non capisci niente", "Grazie per questo bellissimo articolo", "Che schifo, vergognati"],
    "ja": ["お前は本当に馬鹿だな", "素晴らしい記事をありがとうございます", "最高の記事です"],
    "ko": ["너는 정말 바보야", "좋은 기사 감사합니다"],
    "nl": ["Je bent een ongelooflijke idioot", "Bedankt voor dit mooie artikel, ik heb ervan genoten"],
    "no": ["Du er en idiot, og ingen liker deg", "Takk for en veldig bra artikkel"],
    "pl": ["Jesteś kompletnym idiotą i nikt cię nie lubi", "Dziękuję za świetny artykuł"],
    "pt": ["Você é um completo idiota, cala a boca", "Obrigado pelo excelente artigo, gostei muito"],
    "ro": ["Ești un idiot și nimeni nu te place", "Mulțumesc pentru acest articol excelent"],
    "ru": ["Ты полный идиот, заткнись", "Спасибо за отличную статью"],
    "sv": ["Du är en riktig idiot och ingen gillar dig", "Tack för en mycket bra artikel"],
    "th": ["คุณเป็นคนโง่มาก", "ขอบคุณสำหรับบทความ"],
    "tr": ["Sen tam bir aptalsın ve kimse seni sevmiyor", "Bu güzel makale için teşekkürler"],
    "uk": ["Ти повний ідіот, ніхто тебе не любить", "Дякую за чудову статтю"],
    "vi": ["Mày là đồ ngu và không ai thích mày", "Cảm ơn vì bài viết"],
    "zh": ["你是个白痴，滚开", "这篇文章写得很好，谢谢"],
}


def language_of(written: str) -> str:
    return detect(read(written).plain.text)


@pytest.mark.parametrize(("language", "written"), [(code, text) for code, texts in SENTENCES.items() for text in texts])
def test_a_sentence_is_told_by_its_language(language: str, written: str) -> None:
    """Comments of ordinary length in 28 languages."""
    assert language_of(written) == language


@pytest.mark.parametrize(
    "written",
    [
        *("lol u suck", "gr8 m8", "wtf", "stfu", "idiot", "moron", "kys", "ur a noob", "no u", "lmao bruh", "BOOOO"),
        *("fuk u bich", "gr8 vid m8, luv it", "yo mama", "sux 2 b u", "smh fr fr", "dude wtf lmao", "1d10t"),
        *("John", "Merkel", "Arsenal", "Real Madrid", "RIP Maradona", "i like Müller"),
        *("Great café, naïve façade", "naive résumé at the café", "he said Да and left", "so kawaii 可爱"),
        "see https://de.example.org/wiki/Die_Katze for more of that",
    ],
)
def test_short_slang_and_names_are_english(written: str) -> None:
    """A wild guess at another language would silence VADER."""
    assert language_of(written) == "en"


@pytest.mark.parametrize(
    "written",
    ["", " ", "😀😀", "123 456", "...", "https://example.org/artikel", "@name #tag", "hahaha", "\0\ud800", "ԳԵՂ"],
)
def test_nothing_to_tell_it_by_is_unknown(written: str) -> None:
    """Emoji, digits, addresses, laughter and scripts that nobody here reads name no language."""
    assert language_of(written) == UNKNOWN


@given(st.text(max_size=100))
def test_any_text_gets_a_known_answer(written: str) -> None:
    """No str makes it raise, and the answer is one that is announced."""
    assert language_of(written) in LANGUAGES | {UNKNOWN}
    assert detect(written) in LANGUAGES | {UNKNOWN}


def test_the_model_holds_no_pickle() -> None:
    """Preparing reads plain arrays only; each of them loads with pickle forbidden."""
    prepare()
    packed = (Path(py3langid.__file__).parent / MODEL_FILE).read_bytes()
    with np.load(io.BytesIO(lzma.decompress(packed)), allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays.files} <= set("fuiU")


@pytest.mark.timeout(60)
def test_long_texts_cost_what_their_beginning_costs() -> None:
    """A 20 kB comment in another language is told like a short one."""
    assert detect("Das ist ein sehr langer Kommentar über nichts. " * 500) == "de"
    assert detect("a" * 20_480) in LANGUAGES
