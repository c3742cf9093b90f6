"""Words that give a language away, however short the is.

Both lists are our own. What is frequent in English and in another language too ("die", "hat", "in") is in neither.
"""

_ENGLISH = (
    "about after again against ain't also always and any anyone anything are aren't around as ass at back bad be "
    "because been before being best better big black but can't cause could couldn't day did didn't does doesn't doing "
    "don't dont down dumb each even every everyone everything fuck fucking from get getting girl give go going gonna "
    "good got great guy guys had has hasn't hate have haven't having he he's here him his how i i'd i'll i'm i've "
    "idiot if ill im in into is isn't it it's its job just keep kill know let let's life like little lol look looking "
    "love made make many may maybe mean might more most much must need never new nobody not nothing now of oh ok old "
    "omg only or other our out own people please really right said same say says see she she's shit should so some "
    "someone something still stop stupid such take than thank thanks that that's the their them then there there's "
    "these they they're thing things think this those though time to too trying two u up ur us use very wanna was "
    "wasn't way we we're we've well were what what's when where which while white who why with without woman women "
    "won't work world would wouldn't wow wrong wtf ya yall yeah year years yes yet you you'll you're you've your "
    "youre"
)
ENGLISH = frozenset(_ENGLISH.split())
"""Frequent in English comments, and not words of Dutch, German, Romance or Scandinavian languages as well."""

_FOREIGN = (
    # ca
    "això amb aquest aquesta dels gràcies molt més perquè però quina també una "
    # cs
    "byl byla bylo chci diky dobrý díky děkuji hrozná hrozně jak jako jen jsem jseš jsi jsou která který mně moc "
    "nebo není nikdo prosím protože také už více však vůbec že "
    # da
    "af aldrig blev deres dig efter eller helt hvad hvis hvor hvordan ikke ingen jeg jeres kun lidt mange meget mig "
    "mit mod nej nogen noget og også på selv skal så tak til vildt være "
    # de
    "aber alles auch auf bei beim bist bitte dass dein deine deiner denn dich dir doch einen einer einfach endlich "
    "euch für ganz gegen geht genau gibt habe haben heute hier ich ihm ihn ihr immer jetzt kann kannst kein keine "
    "können machen mehr mein meine mich nach nichts noch nur oder quatsch ohne schon sehr sein seine sich sie "
    "sind sollte uns unser viel vom von vor warum weil wenn werden wieder wir wird wirklich wurde zu zum zur über "
    # es
    "adiós ahora algo aquí así aunque bien buena bueno cada callate como contra cuando cállate cómo desde después "
    "donde ella ellos entre eres esa ese eso esta estaba estado estamos estar estas este esto estoy está están fue "
    "fuera gente había hace hacer hasta hay hoy jamás mejor mierda mucha muchas mucho muy más nadie nosotros nunca "
    "otra otro para pero por porque puede pues quien quiero qué sabe ser sería siempre sobre somos sus también "
    "tengo tiene tienen todo todos tus uno usted vida "
    # fi
    "aina eikä että hän ihan ilman joka jos kaikki kanssa kiitos koska kuin kukaan kyllä mikä minun minä miten mitä "
    "mutta myös niin nyt oikein ole olen olet oli olla ovat paljon siitä sinun sinä tai tämä tätä vaan vain vielä "
    "voi "
    # fr
    "aimes alors aucun aussi autre avec avez avoir beaucoup bonjour c'est ce cela celui ces cet cette ceux comme "
    "connard d'un d'une dans depuis dit donc elle elles encore et eux faire faut gueule ils j'ai jamais jusqu'à "
    "l'on leur leurs là mes moins même n'est notre nul ou oui où parce peu peut pourquoi qu'il qu'on quand quel "
    "quelle quoi rien ses sont suis t'es tais tes toi toute toutes très une vos votre vraiment été être "
    # hr
    "ali bez bih bila bilo bio biti dobro gdje hvala ima jer još kad kada kako kao koja koje koji moj možda može "
    "nego nema nije nisi ništa od ono ova ovaj ovo pod sam samo smo sve svi tako tebe uvijek već za zašto će ću šta "
    "što "
    # hu
    "aki akkor az azt azért csak egy ek ezt fel hogy ilyen itt jó kell köszönöm lehet lenne meg mert minden "
    "mindig mint miért már még nagyon nekem nem nincs olyan ott sem senki soha szép tudom után vagy vannak volt én "
    "össze "
    # id
    "ada adalah aku anda apa artikel atas atau bagus bahwa banyak bisa bukan dalam dari dengan dia gak hanya harus "
    "ini itu jangan juga kalau kalian kami kamu karena kasih kau ke kita lagi lebih memang mereka nya oleh orang "
    "pada saja sama sangat satu saya sekali semua seperti sudah tapi telah terima tidak untuk yang "
    # it
    "adesso allora anche ancora bene che così cui degli della delle dello dopo ecco essere fai fanno fatto gli "
    "grazie invece meglio molto nei nel nella nessuno nostro ogni ora perché più prima proprio può qual quale "
    "quando quella quello questa questo quindi sarà sei sempre senza siamo stai sua sulla suo troppo tutta tutti "
    "tutto vai vergogna vero "
    # nl
    "alleen altijd beetje bent bij daar dank deze doen echt een ervan geen gewoon goed haar heb hebben heeft heel "
    "het hij hun iemand iets ik jij jou jouw jullie klopt kunnen maar meer mensen met mij mijn moet naar niemand "
    "niet niets nog nooit omdat onder ons onze onzin ook toch toen uit veel voor waar waarom waren weer wel werd "
    "wij wil worden wordt zal zeer zelf zich zij zijn zonder zou "
    # no
    "bare deg dere etter fra hva hvordan hvorfor meg mye noe også oss sånn takk veldig ville vår være "
    # pl
    "bardzo być był była było będzie cię co czy dla dobrze dziękuję jest jestem jesteś jeszcze już kiedy kto które "
    "który lub mam masz mnie może mój nad nic nie nigdy nikt ona oni przez się są także tam tego tobie tutaj ty "
    "tylko tym wasz więc wszyscy wszystko zawsze że "
    # pt
    "agora ainda aqui até boa bom com dela dele depois deve disse ela elas ele eles em então essa essas esse esses "
    "estão eu foi foram há isso isto já lá melhor mesmo meu minha muita muito nas ninguém nossa nosso num numa não "
    "obrigada obrigado onde pela pelo pode pra quem seu sou são só também tem tenho ter tudo uma você vocês vou às "
    # ro
    "această acest acum aici ar bine cel cu când că dar deci decât din dintre doar esti ești fi foarte fost fără "
    "mea multumesc mulțumesc nimeni nimic pentru prea sunt să toate toată unde vă în și ți "
    # sk
    "alebo bol bola bolo chcem dobre ešte iba jeho keď ktoré ktorý lebo len mne má mám máš môže niekto nikdy nikto "
    "nič nám preto pri som sú takže teba tento tvoj veľmi viac všetko čo ďakujem "
    # sl
    "ampak bil iz jaz kaj ker ko lahko nihče sploh tega tudi vas vedno več zakaj zelo čeprav "
    # sv
    "allt andra att bara denna detta där ett från får för han har hela henne honom hur här icke igen inget inte "
    "kunde med mer mitt mycket måste när någon något och också om oss sitt själv ska skulle tack till upp ut utan "
    "vad vara varför vem vill väldigt än är även åt över "
    # sw
    "ajili asante baada habari hakuna hapa hata hawa hii hiyo huyu kama karibu katika kila kuna kutoka kuwa kwa "
    "kwamba kweli lakini mimi mtu mwenye ndiyo nini nzuri sasa sisi tena wakati wako wao watu wewe yako yangu yao "
    "yeye yote zaidi "
    # tl
    "akin dahil dito hindi ikaw isang ito kaya lahat mong naman namin natin nga ngayon niya salamat siya talaga "
    "tayo wala walang yan yun yung "
    # tr
    "ama ancak artık bana bazı beni benim bir biri bizim bu bunu burada böyle daha değil değilsin diye gibi güzel "
    "hiç ile ise iyi için içinde kadar kimse kimsin misin mü mı nasıl neden niye olan olarak oldu olsun onu onun "
    "sanki seni senin siz sizin teşekkürler tüm ve veya yani yok çok çünkü şey şu "
    # vi
    "anh bạn bị cho chúng chỉ các cái có cũng cảm của khi không làm lên lắm mà mày mình một người nhiều như những "
    "nào này nó nữa phải quá rất sao sẽ tao thì thích trong tôi việc và vào vì về với đang đi đây đã đó được đến ơn "
)
FOREIGN = frozenset(_FOREIGN.split())
"""Frequent in other languages with Latin letters, and neither English words nor English slang."""
