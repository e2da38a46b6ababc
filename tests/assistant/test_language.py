"""The rule that tells empty, unreadable and foreign messages from English ones. False alarms on English are the worst error."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import yaml

from assistant.nlu.language import read_language

DATA = Path(__file__).parents[2] / "data"
ANSWERED = ("zh", "hi", "es", "ar", "fr", "bn", "pt", "ru", "id", "ur", "de", "ja", "mr", "te", "tr")

FOREIGN = {
    "zh": """
        多少钱？
        打针疼不疼
        我想预约明天下午
        有什么副作用吗
        怀孕可以做吗
        我的脸肿得很厉害，呼吸困难
        請問中胚層療法要多少錢
        效果能维持多久
        mesotherapy 多少钱
        做完可以洗脸吗？
    """,
    "hi": """
        कितना खर्च आता है
        क्या इसमें दर्द होता है?
        मुझे अपॉइंटमेंट चाहिए
        इसके साइड इफेक्ट क्या हैं
        मुझे सांस लेने में तकलीफ हो रही है
        क्या गर्भवती महिला करा सकती है
        कीमत?
        इलाज के बाद नहा सकते हैं
        kitna kharcha aata hai
        kya dard hota hai
        mujhe appointment chahiye
        mera chehra soojh gaya hai kya karu
        price kitna hai
    """,
    "es": """
        ¿Cuánto cuesta una sesión?
        cuanto cuesta
        cuanto?
        duele mucho?
        quiero pedir una cita para el lunes
        que efectos secundarios tiene
        no puedo respirar despues de la inyeccion
        estoy embarazada, puedo hacerme el tratamiento
        se me ha hinchado la cara
        hola
        hola buenas tardes
        cuántas sesiones necesito para el pelo
        precio?
        donde estan ubicados
        hablan español?
    """,
    "ar": """
        كم السعر؟
        هل العلاج مؤلم
        أريد حجز موعد
        ما هي الآثار الجانبية
        لا أستطيع التنفس بعد الحقن
        هل يمكن للحامل إجراء الميزوثيرابي
        وجهي متورم جدا
        اين تقع العيادة
        بكم الجلسة
        كم جلسة احتاج للشعر
    """,
    "fr": """
        combien?
        combien ça coûte
        c'est combien la séance
        est-ce que ça fait mal
        est ce que ca fait mal
        je voudrais prendre rendez-vous
        quels sont les effets secondaires
        j'ai du mal à respirer depuis l'injection
        je suis enceinte, puis-je le faire ?
        bonjour
        quel est le prix pour le visage
        vous etes ouverts samedi
        mon visage est très gonflé, que faire
        ça dure combien de temps
        quel prix
    """,
    "bn": """
        খরচ কত?
        এটা কি ব্যথা করে
        আমি অ্যাপয়েন্টমেন্ট নিতে চাই
        পার্শ্বপ্রতিক্রিয়া কী কী
        আমার শ্বাস নিতে কষ্ট হচ্ছে
        গর্ভবতী হলে করা যাবে
        দাম কত
        আমার মুখ ফুলে গেছে
        dam koto
        koto taka lagbe
    """,
    "pt": """
        quanto custa
        quanto custa uma sessão?
        dói muito?
        doi muito
        quero marcar uma consulta
        quais são os efeitos colaterais
        nao consigo respirar depois da injecao
        estou grávida, posso fazer?
        meu rosto está inchado
        qual o valor da sessão
        vocês atendem no sábado
        olá, bom dia
        voces falam portugues
        onde fica a clinica
    """,
    "ru": """
        сколько стоит
        это больно?
        хочу записаться на приём
        какие побочные эффекты
        не могу дышать после укола
        можно ли беременным
        у меня опухло лицо
        цена?
        Здравствуйте
        botox сколько стоит
        skolko stoit
    """,
    "id": """
        berapa harganya
        berapa harganya?
        apakah sakit
        saya mau buat janji
        apa efek sampingnya
        saya susah bernapas setelah suntik
        apakah boleh untuk ibu hamil
        wajah saya bengkak
        harga?
        berapa lama hasilnya bertahan
        di mana alamat kliniknya
        buka jam berapa
    """,
    "ur": """
        کتنا خرچ آتا ہے؟
        کیا یہ تکلیف دہ ہے
        مجھے اپائنٹمنٹ چاہیے
        اس کے مضر اثرات کیا ہیں
        مجھے سانس لینے میں دشواری ہو رہی ہے
        کیا حاملہ خواتین کروا سکتی ہیں
        میرا چہرہ سوج گیا ہے
        قیمت کیا ہے
        کتنے پیسے لگیں گے
    """,
    "de": """
        was kostet das
        was kostet eine Sitzung?
        tut das weh
        wieviel?
        wie viel kostet die Behandlung
        ich möchte einen Termin vereinbaren
        ich moechte einen termin
        welche Nebenwirkungen gibt es
        ich bekomme keine Luft
        bin schwanger, darf ich das machen
        mein Gesicht ist stark geschwollen
        guten tag
        habt ihr am samstag offen
        zahlt das die krankenkasse
    """,
    "ja": """
        いくらですか
        痛いですか？
        予約したいです
        副作用はありますか
        息ができません
        妊娠中でも受けられますか
        顔が腫れています
        料金を教えてください
        値段は？
        営業時間
    """,
    "mr": """
        किती खर्च येतो
        हे दुखते का?
        मला अपॉइंटमेंट हवी आहे
        याचे दुष्परिणाम काय आहेत
        मला श्वास घ्यायला त्रास होत आहे
        गर्भवती महिलांनी करावे का
        किंमत किती आहे
        माझा चेहरा सुजला आहे
        उपचारानंतर आंघोळ करू शकतो का
    """,
    "te": """
        ఎంత ఖర్చు అవుతుంది
        నొప్పిగా ఉంటుందా?
        నాకు అపాయింట్‌మెంట్ కావాలి
        దుష్ప్రభావాలు ఏమిటి
        ఊపిరి ఆడటం లేదు
        గర్భిణీలు చేయించుకోవచ్చా
        ధర ఎంత
        నా ముఖం వాచింది
    """,
    "tr": """
        ne kadar
        fiyatı ne kadar?
        fiyat?
        acıyor mu
        acir mi
        randevu almak istiyorum
        yan etkileri nelerdir
        nefes alamıyorum
        hamileyim yaptırabilir miyim
        yuzum cok sisti ne yapmaliyim
        merhaba
        kac seans gerekiyor
        nerede bulunuyorsunuz
        saat kaçta açılıyor
    """,
    "other": """
        quanto costa una seduta
        fa male?
        vorrei prendere un appuntamento
        quali sono gli effetti collaterali
        wat kost het
        doet het pijn
        ik wil graag een afspraak maken
        hoeveel kost een behandeling
        ile to kosztuje
        czy to boli
        chciałabym umówić się na wizytę
        nie mogę oddychać
        가격이 얼마예요
        아파요?
        ราคาเท่าไหร่
        πόσο κοστίζει
        כמה זה עולה
        எவ்வளவு செலவாகும்
        скільки це коштує
        هزینه آن چقدر است
        bao nhiêu tiền
        cât costă
        vad kostar det
        magkano po
    """,
}

ENGLISH = """
    hi
    ok
    si
    no
    yo
    k
    y
    ?? ok
    T1D ok?
    T2D?
    mutuelle reimburses?
    nappage
    nappage?
    epidermique
    what is epidermique
    nappage vs epidermique
    mesotherapie
    the mesotherapie prix?
    hallo
    bonjour, how much is it
    hola, price?
    hola how r u
    merci
    gracias!
    ciao
    danke
    wat can meso be used 4
    hw mch
    hw much
    pls hlp
    appt tmrw?
    apptmnt
    trtmnt cst
    thx bye
    tysm
    hmmmm
    pffff
    brrrr
    shhhh
    ahhhhh
    lol
    hahahaha
    omg
    wtf
    idk tbh
    65
    im 65
    +44 20 7946 0958
    0612345678
    £80?
    50%
    10-15mm
    12:30
    HIV+
    SLE ok?
    ICH history ok?
    MI last year, ok?
    ASD
    MTHFR
    NSCLC
    PCOS PMDD
    alopecia areata
    lichen planus
    dolor rubor calor
    pruritus ani
    acanthosis nigricans
    Sjögren's
    Ehlers-Danlos
    polymyalgia rheumatica
    La Roche Posay
    crème de la mer ok?
    Los Angeles
    las vegas clinic
    El Paso branch?
    Dr de la Cruz
    is Dr Müller in
    Dr Şahin available?
    dr Nguyen
    Dr Szczepanski free?
    São Paulo
    is Dr Иванова in
    Juvederm Volbella
    NCTF 135HA
    Xyzal
    Xeljanz
    Qsymia
    Aqualyx
    Kybella
    Skyrizi
    Rinvoq
    α-lipoic acid
    β-blockers ok?
    5μg
    décolleté
    fiancé pays
    à la carte prices
    déjà vu
    grand prix
    rendez-vous?
    per session
    con artist
    est price?
    die hard fan
    was it bad
    was sore
    hat hair
    bin day
    den
    dan
    ana
    ada
    ben
    kim
    que?
    was
    costs
    lets go
    pain
    pain pain pain
    plan b
    face n neck
    chin?
    does cuanto cuesta mean how much
    my name is Combien
    what does combien mean
    do you speak spanish, hablan español
    is there someone who speaks français
    I am from Türkiye, do you ship
    kan u help
    ken i swim
    mi amor botox
    yes si oui
    dat hurts
    afther how meny dais can i svim
    iam pregnent
    breasfeeding
    cnt breath
    cant brethe
    hlp cant breth
    HELP
    sos
    911
    yes👍
    👍
    🙏
    🆘
    ¯\\_(ツ)_/¯ idk
    ok (ツ)
    rhythm
    rhythms
    psyllium
    lymph
    cystscope
    strengths
    backpainhelp
    mesoforhair
    facelift??
    x
    www.example.com
    name@example.com
    ZZ top
    xoxo
    £££?
    krankenkasse pays?
    once a day?
    nos da
    ph ok?
    fur
    reservation
    per se
    Krzysztof
    Schwarzkopf
    Mr Koto
    para 2 gravida 3
    cud i cum 2moro
    wht abt swelng
    hlp me my lps r swlln
    no bueno
    Mr Das
    doch
    hay fever
    ca 125
    G2P1 gravida 2
    yin yang
    chest pain cnt brth
    dziekuje
    jk
    jkjk
    brb
    mmmm ok
    sdf what is this
    asdkjhasd sorry, how much is it
    mcdonald
    property
    liberty
    afghan
    wednesday
    handsfree
    namaste doctor
    salam, price please
    inshallah
    aloe vera
    botulinum toxin
    hyaluronidase
    phosphatidylcholine
    deoxycholate
    polydeoxyribonucleotide
    meso ke
    mal de mer
    je ne sais quoi
    gesundheit
    doppelganger
    kindergarten teacher here
    uber
    yoga asana
    biryani
    sushi
"""

UNREADABLE = """
    asdkjhasd
    asdf
    asdfasdf
    asdasd
    qwerty
    qwertyuiop
    qweqwe
    sdfghjkl
    lkjhgfdsa
    fjdksla
    dfkgjdfg
    aksjdhaksjd
    zxcvbnm
    kjhkjh
    jfkdlsjfkdl
    hgfhgf hgfhgf
    sdfsdf sdgsdg
    xcvxcv
    ghjghj
    vbnvbn
    asdkjhasd!!!
    ksjdhf ksjdhfk
    djfhgjdhfg
    wqeqwrqw
    ?
    ???
    !!!
    ...
    -
    :)
    #@!$%
    😂
    😂😂😂
    🤔
    🌸🌺
    ♥♦
    ಠ_ಠ
    aaaaaaaaa
"""

EMPTY = ["", " ", "\n\t ", "\u00a0", "\u3000\u3000", "\u200b\u200d", "\x00\x01\x1f", "\ufe0f", "\u202e", "\u0301"]

# In data/*.yml, and rightly stopped before understanding: greetings of another language typed alone, a wish for a person that
# is mostly Spanish (a person is told of both), and mashed keys.
DELIBERATE = frozenset({"hola", "bonjour", "namaste", "guten tag", "quiero hablar con una persona, a person please"})


def _lines(block: str) -> list[str]:
    return [line.strip() for line in block.strip().splitlines()]


def _training_examples() -> list[str]:
    examples = []
    for path in sorted(DATA.glob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            if group["intent"] == "system/unreadable":
                continue
            examples += re.findall(r"^- (.+)$", group.get("examples", ""), re.MULTILINE)
    return examples


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, block in FOREIGN.items() for text in _lines(block)]
)
def test_it_recognises_another_language(language: str, text: str) -> None:
    assert read_language(text) == language


@pytest.mark.parametrize("text", _lines(ENGLISH))
def test_it_reads_english_as_english(text: str) -> None:
    assert read_language(text) == "en"


@pytest.mark.parametrize("text", _lines(UNREADABLE))
def test_it_calls_mashed_keys_and_bare_symbols_unreadable(text: str) -> None:
    assert read_language(text) == "unreadable"


@pytest.mark.parametrize("text", EMPTY)
def test_it_calls_what_shows_nothing_empty(text: str) -> None:
    assert read_language(text) == "empty"


def test_every_training_example_is_english() -> None:
    examples = _training_examples()
    alarms = {text: read_language(text) for text in examples if text not in DELIBERATE and read_language(text) != "en"}
    assert len(examples) > 1000
    assert alarms == {}


@pytest.mark.parametrize(
    "text",
    ["\ud800", "\ud83d \udc00 x", "a\x00b", "\U0010ffff", "\ue000", "z̸̛͓a̴͝l̵͝g̶o̷", "🏳️‍🌈", "\u0600\u0601"],
)
def test_it_survives_anything(text: str) -> None:
    assert isinstance(read_language(text), str)


@pytest.mark.parametrize("piece", ["how much is it ", "asdkjhasd", "多少钱", "a\u0301", " ", "\ud800", "क्या "])
def test_it_looks_only_at_the_beginning_of_a_huge_message(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    read_language(text)

    start = time.perf_counter()
    read_language(text)

    assert time.perf_counter() - start < 0.02  # about 100 times what it takes, for a busy machine


@pytest.mark.parametrize("language", [*ANSWERED, "other"])
def test_every_language_has_an_answer_with_and_without_the_emergency_number(language: str) -> None:
    responses = yaml.safe_load((DATA / "system.yml").read_text(encoding="utf-8"))["responses"]

    texts = [variation["text"] for variation in responses[f"utter_system/language_{language}"]]

    assert ["{emergency_number}" in text for text in texts] == [True, False]


@pytest.mark.parametrize("answer", [*ANSWERED, "other"])
def test_our_own_answer_is_read_in_its_language(answer: str) -> None:
    responses = yaml.safe_load((DATA / "system.yml").read_text(encoding="utf-8"))["responses"]

    read = {read_language(variation["text"]) for variation in responses[f"utter_system/language_{answer}"]}

    assert read == {"en" if answer == "other" else answer}
