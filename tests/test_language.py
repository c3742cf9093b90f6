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

from sentiment.language import LANGUAGES, LEARNED, UNKNOWN, detect, prepare
from sentiment.text import read

SENTENCES = {
    "ar": ["أنت شخص غبي جدا ولا أحد يحبك", "شكرا لك على هذا المقال الرائع"],
    "cs": ["Jsi úplný idiot a nikdo tě nemá rád", "Děkuji za skvělý článek"],
    "da": ["Du er en kæmpe idiot, og ingen kan lide dig", "Tak for en rigtig god artikel"],
    "de": ["Du bist ein absoluter Vollidiot", "Danke für den schönen Artikel", "Halt endlich die Klappe"],
    "el": ["Είσαι ηλίθιος και κανείς δεν σε συμπαθεί", "Ευχαριστώ για το άρθρο"],
    "en": ["You are a complete idiot and nobody likes you", "Thank you for this wonderful article, I enjoyed it"],
    "es": ["Eres un idiota y nadie te quiere", "Muchas gracias por este artículo", "Vete a la mierda, pendejo"],
    "am": ["እናመሰግናለን በጣም ጥሩ ጽሑፍ ነው"],
    "fa": ["تو خیلی احمق هستی و هیچکس دوستت ندارد"],
    "fi": ["Olet täysi idiootti eikä kukaan pidä sinusta", "Kiitos hienosta artikkelista"],
    "fr": ["Tu es vraiment un imbécile, tais-toi", "Merci pour cet article", "C'est nul"],
    "gu": ["આ લેખ ખૂબ સરસ છે"],
    "hy": ["Շատ լավ հոդված է, շնորհակալություն"],
    "ka": ["ძალიან კარგი სტატიაა"],
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
    """Comments of ordinary length in 32 languages."""
    assert language_of(written) == language


CHATTER = {
    "ca": [
        "això és una vergonya",
        "no m'agrada gens aquest article",
        "quina bestiesa més gran",
        "gràcies per tot amics",
    ],
    "cs": ["to je ale hrozná blbost", "nesouhlasím s tebou vůbec", "kdo tohle napsal prosím", "super video diky moc"],
    "da": ["hold nu din kæft", "det er jo helt vildt", "jeg er ikke enig med dig", "hvorfor siger du sådan noget"],
    "de": ["was für ein Quatsch", "du hast doch keine Ahnung", "ich finde das richtig gut", "warum immer ich"],
    "es": ["eso no es verdad", "me gusta mucho tu canal", "callate la boca imbecil", "quien eres tu para opinar"],
    "fi": [
        "en ole samaa mieltä",
        "tämä on ihan paska juttu",
        "mitä sinä oikein tarkoitat",
        "hyvä kirjoitus kiitos siitä",
    ],
    "fr": [
        "ferme ta gueule connard",
        "je suis pas d'accord",
        "merci beaucoup pour la vidéo",
        "c'est vraiment n'importe quoi",
    ],
    "hr": ["to nije istina uopće", "hvala ti na ovom tekstu", "tko te pita što misliš", "ovo je baš dobro"],
    "hu": ["ez nagyon jó cikk volt", "nem értek veled egyet", "te meg mit beszélsz", "köszönöm szépen a segítséget"],
    "id": [
        "saya tidak setuju dengan anda",
        "bagus banget videonya kak",
        "kamu ini siapa sih",
        "terima kasih banyak ya",
    ],
    "it": ["ma che cosa dici", "non sono per niente d'accordo", "sei proprio un cretino", "grazie mille per il video"],
    "nl": ["hou je bek man", "dit is echt belachelijk", "ik ben het er niet mee eens", "wat een onzin zeg je daar"],
    "no": ["jeg er ikke enig i det", "hvorfor skriver du sånn", "dette var veldig bra", "hold kjeft din tosk"],
    "pl": ["to nie jest prawda", "zamknij się w końcu debilu", "bardzo mi się podoba", "kto to w ogóle napisał"],
    "pt": [
        "não concordo com você",
        "que vídeo maravilhoso, obrigada",
        "cala essa boca seu burro",
        "isso não é verdade",
    ],
    "ro": [
        "nu sunt de acord cu tine",
        "taci din gură prostule",
        "foarte bun articolul acesta",
        "cine ești tu să vorbești",
    ],
    "sl": ["to sploh ni res", "hvala za ta članek", "kaj pa ti veš o tem", "zelo mi je všeč"],
    "sv": ["jag håller inte med dig", "vilken jävla idiot du är", "det här var riktigt bra", "varför skriver du så"],
    "sw": ["asante sana kwa makala hii", "wewe ni mjinga sana", "sikubaliani na wewe kabisa", "habari hii si ya kweli"],
    "tl": [
        "hindi ako sang-ayon sa iyo",
        "salamat po sa lahat ng ito",
        "ang ganda naman ng video mo",
        "tumahimik ka na nga",
    ],
    "tr": ["bu doğru değil ki", "sana hiç katılmıyorum", "çok güzel bir video olmuş", "sen kimsin de konuşuyorsun"],
    "vi": ["tôi không đồng ý với bạn", "video này hay quá đi", "im mồm đi thằng ngu", "cảm ơn bạn rất nhiều"],
}
"""What people write under articles and videos, three words and more, often without the accents."""


def test_the_models_keep_silent_on_languages_that_they_did_not_learn() -> None:
    """Of short comments in 22 languages with Latin letters, 19 of 20; which language it is may be a neighbour's."""
    written = [text for texts in CHATTER.values() for text in texts]
    taken_for_english = [text for text in written if language_of(text) in LEARNED]
    assert len(taken_for_english) <= len(written) / 20, taken_for_english


@pytest.mark.parametrize(
    "written",
    [
        *("lol u suck", "gr8 m8", "wtf", "stfu", "idiot", "moron", "kys", "ur a noob", "no u", "lmao bruh", "BOOOO"),
        *("fuk u bich", "gr8 vid m8, luv it", "yo mama", "sux 2 b u", "smh fr fr", "dude wtf lmao", "1d10t"),
        *("John", "Merkel", "Arsenal", "Real Madrid", "RIP Maradona", "i like Müller"),
        *("Great café, naïve façade", "naive résumé at the café", "he said Да and left", "so kawaii 可爱"),
        "see https://de.example.org/wiki/Die_Katze for more of that",
        *(
            "PSY - GANGNAM STYLE (강남스타일)",
            "RIP Guillermo del Toro",
            "Gang gang bitch",
            "slap a hoe",
            "Cheers, Tommy!",
        ),
        *(
            "Blah blah blah",
            "UTTER GARBAGE !!",
            "Mozzarella sticks!",
            "Beep boop.",
            "BAHAHAHAHA",
            "for i in range(3): pass",
        ),
        *("No homos en mi casa", "que pasa my dude, long time no see", "w o m e n a r e t h o t s", "f.u.c.k y.o.u"),
        *("Firśt, I aṃ ģoinģ ţo ţie ŷou uṗ", "Ÿøü ärë sö dümb", "1d10t", "xX_SniperWolf_Xx", "😂😂 dead", "GG EZ"),
    ],
)
def test_slang_names_quotations_and_disguises_are_english(written: str) -> None:
    """A wild guess at another language would silence the models."""
    assert language_of(written) == "en"


@pytest.mark.parametrize(
    "written",
    ["", " ", "😀😀", "123 456", "...", "https://example.org/artikel", "@name #tag", "hahaha", "\0\ud800", "ᏣᎳᎩ"],
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
