/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quotewords: the tables behind quotes.c, a row a phrase in any language. Rows are written as people see them
 * and folded once before the first question. */
#include "quotes.h"

#include <pthread.h>

/* rows of words, as many as fit a line */
/* clang-format off */

/* Names of header fields. */
static const char *const from_words[] = {
    "from", "von", "absender", "de", "expéditeur", "da", "mittente", "van", "från", "fra", "lähettäjä",
    "od", "nadawca", "odesílatel", "feladó", "de la", "expeditorul", "šalje", "от", "от кого", "від",
    "gönderen", "kimden", "saatja", "από", "差出人", "送信元", "发件人", "寄件者", "보낸 사람", "보낸사람", "מאת", "من",
};
static const char *const date_words[] = {
    "date", "sent", "date sent", "datum", "gesendet", "gesendet am", "envoyé", "envoyé le", "date d'envoi",
    "fecha", "enviado", "enviado el", "fecha de envío", "data", "inviato", "enviada", "enviada em",
    "enviado em", "verzonden", "skickat", "dato", "sendt", "päivämäärä", "päiväys", "lähetetty", "wysłano",
    "wysłane", "odesláno", "dátum", "odoslané", "elküldve", "dată", "trimis", "poslano", "дата",
    "отправлено", "відправлено", "надіслано", "tarih", "gönderilen", "gönderme tarihi", "gönderildi",
    "kuupäev", "ημερομηνία", "στάλθηκε", "日付", "送信日時", "日時", "发送时间", "日期", "时间", "寄件日期", "傳送日期", "보낸 날짜",
    "보낸날짜", "날짜", "תאריך", "נשלח", "التاريخ", "تاريخ الإرسال",
};
static const char *const to_words[] = {
    "to", "an", "empfänger", "à", "pour", "destinataire", "para", "a", "aan", "till", "til",
    "vastaanottaja", "do", "adresat", "komu", "pre", "címzett", "către", "destinatarul", "prima", "za",
    "кому", "kime", "alıcı", "adressaat", "προς", "宛先", "送信先", "收件人", "收件者", "받는 사람", "받는사람", "אל", "إلى",
};
static const char *const cc_words[] = {
    "cc", "kopie", "kopia", "kopi", "kopio", "másolat", "másolatot kap", "dw", "копия", "копія", "bilgi",
    "kópia", "copie à", "抄送", "副本", "참조",
};
static const char *const subject_words[] = {
    "subject", "betreff", "objet", "sujet", "asunto", "oggetto", "assunto", "onderwerp", "ämne", "emne",
    "aihe", "temat", "předmět", "predmet", "tárgy", "subiect", "subiectul", "naslov", "тема", "konu",
    "teema", "θέμα", "件名", "主题", "主旨", "제목", "נושא", "الموضوع",
};

/* Between dashes (or "*", "=", "_", "#") on both sides. */
static const char *const dashed[] = {
    "original message", "original email", "original e-mail", "reply message", "reply above this line",
    "please reply above this line", "ursprüngliche nachricht", "originalnachricht", "original-nachricht",
    "original nachricht", "urspr. nachricht", "message d'origine", "message original", "message initial",
    "mensaje original", "messaggio originale", "mensagem original", "oorspronkelijk bericht",
    "origineel bericht", "oorspronkelijke bericht", "ursprungligt meddelande", "originalmeddelande",
    "oprindelig meddelelse", "original meddelelse", "opprinnelig melding", "opprinnelige meldingen",
    "alkuperäinen viesti", "alkup. viesti", "oryginalna wiadomość", "wiadomość oryginalna",
    "původní zpráva", "původní e-mail", "pôvodná správa", "eredeti üzenet", "mesaj original",
    "mesajul original", "izvorna poruka", "исходное сообщение",
    "вихідне повідомлення", "оригінальне повідомлення",
    "orijinal ileti", "özgün ileti", "orijinal mesaj", "αρχικό μήνυμα", "元のメッセージ",
    "オリジナルメッセージ", "原始邮件", "邮件原件", "原始郵件", "原始訊息",
    "원본 메시지", "원본 메일", "הודעה מקורית", "الرسالة الأصلية",
};
/* The same, of a forward. */
static const char *const forwards[] = {
    "forwarded message", "forwarded email", "weitergeleitete nachricht", "message transféré",
    "message transmis", "mensaje reenviado", "messaggio inoltrato", "mensagem encaminhada",
    "mensagem reencaminhada", "doorgestuurd bericht", "vidarebefordrat meddelande", "vidarebefordrat mejl",
    "videresendt meddelelse", "videresendt melding", "välitetty viesti / fwd.msg", "välitetty viesti",
    "edelleenlähetetty viesti", "przekazana wiadomość", "treść przekazanej wiadomości",
    "přeposlaná zpráva", "preposlaná správa", "továbbított üzenet", "mesaj redirecționat",
    "proslijeđena poruka", "пересылаемое сообщение",
    "перенаправленное сообщение", "переслане повідомлення",
    "перенаправлене повідомлення", "iletilen ileti", "iletilmiş mesaj",
    "転送されたメッセージ", "转发的邮件",
};

/* Of a forward: alone on a line, with a colon; only where header fields or marked quotation follow. */
static const char *const begins[] = {
    "begin forwarded message", "forwarded message", "anfang der weitergeleiteten nachricht",
    "début du message réexpédié", "début du message transféré", "inicio del mensaje reenviado",
    "inizio messaggio inoltrato", "início da mensagem encaminhada", "início da mensagem reencaminhada",
    "begin doorgestuurd bericht", "vidarebefordrat mejl", "vidarebefordrat meddelande",
    "start på videresendt besked", "videresendt melding", "välitetty viesti alkaa",
    "początek przekazywanej wiadomości", "začátek přeposílané zprávy", "začiatok preposlanej správy",
    "továbbított levél kezdete", "începe mesajul redirecționat", "započni proslijeđenu poruku",
    "начало переадресованного сообщения", "початок листа, що пересилається", "i̇leti başlangıcı",
    "メッセージを転送",
};

/* What was done with the quoted words, anywhere in the line. */
static const char *const verbs[] = {
    "wrote", "schrieb", "geschrieben", "écrit", "escribió", "ha scritto", "scrisse", "escreveu", "schreef",
    "geschreven", "skrev", "kirjoitti", "napisał", "napsal", "napísal", "írta", "a scris", "написал",
    "пишет", "писал", "пише", "написав", "yazdı", "έγραψε", "のメール", "书きました", "が書きました", "写道", "寫道", "작성",
    "כתב", "كتب", "كتابة", "viết", "menulis", "เขียน", "va escriure", "napisao", "kirjutas", "rakstīja",
    "rašė",
};

/* A line that begins so, and is short, is a mail program's advertisement. */
static const char *const devices[] = {
    "sent from my ", "sent from mail for ", "sent from outlook", "sent from yahoo mail",
    "sent from proton mail", "sent from protonmail", "sent from samsung", "sent from a ", "sent from gmail",
    "sent from the all new aol", "sent from windows mail", "sent from zoho mail", "sent from spark",
    "sent from ipad", "sent from iphone", "sent via ", "sent with proton mail", "sent with [proton mail", "sent with protonmail",
    "sent with spark", "sent with airmail", "sent using zoho mail", "sent using ", "get outlook for ",
    "download outlook for ", "holen sie sich outlook", "outlook für ios herunterladen",
    "outlook für android herunterladen", "outlook für ios beziehen", "outlook für ios<", "outlook für android<",
    "skaffa outlook", "obtenez outlook",
    "télécharger outlook", "obtener outlook", "scarica outlook", "ottieni outlook", "obter o outlook",
    "download outlook", "hämta outlook", "hent outlook", "skaff deg outlook", "pobierz outlook",
    "von meinem ", "von meiner ", "gesendet von ", "gesendet mit ", "diese nachricht wurde von meinem ",
    "envoyé de mon ", "envoyé depuis ", "envoyé à partir de ", "enviado desde ", "enviado do meu ",
    "enviado de ", "inviato da ", "inviato dal ", "verstuurd vanaf ", "verzonden vanaf ", "verzonden met ",
    "skickat från ", "sendt fra ", "lähetetty ", "wysłane z ", "odesláno z ", "odoslané z ", "küldve ",
    "trimis de pe ", "poslano s ", "отправлено с ", "отправлено из ", "надіслано з ",
    "iphone'umdan gönderildi", "iphone'dan gönderildi", "iphoneから送信", "ipadから送信", "发自我的", "從我的 iphone 傳送",
    "나의 iphone에서 보냄", "στάλθηκε από ", "נשלח מה", "מהאייפון שלי", "أُرسلت من",
};
/* ... if it also names one of these: "Sent from my desk: the files" is somebody's own. */
static const char *const machines[] = {
    "iphone", "ipad", "ipod", "android", "galaxy", "samsung", "blackberry", "outlook", "mail", "phone",
    "mobile", "smartphone", "handy", "telefoon", "handset", "huawei", "xiaomi", "pixel", "oneplus",
    "motorola", "nokia", "spark", "aol", "yahoo", "proton", "zoho", "windows", "tablet", "mobil", "móvil",
    "téléphone", "telefon", "telefono", "smartphone", "mac", "ios", "fairemail", "k-9", "handheld",
    "wireless", "verizon", "at&t", "t-mobile", "telefonu", "puhelin", "手机", "アイフォン", "айфон", "телефон",
    "אייפון", "آيفون", "gmail", "nine", "airmail", "boxer",
};

/* Two of these in one paragraph, or one at its head, make it legal text. */
static const char *const legal[] = {
    "confidential", "privileged", "intended recipient", "intended solely", "intended only", "intended for",
    "addressee", "unauthorized", "unauthorised", "delete this", "notify the sender", "disclosure",
    "vertraulich", "unbefugt", "rechtlich geschützt", "richtigen adressat", "confidentiel", "destinataire",
    "divulgation", "confidencial", "destinatario", "riservat", "destinatário", "vertrouwelijk",
    "geadresseerde", "konfidentiell", "fortrolig", "luottamuksel", "poufn", "důvěrn", "bizalmas",
    "confidențial", "конфиденциальн", "конфіденційн", "gizli", "機密", "保密", "registered in",
    "registered office", "amtsgericht", "geschäftsführer", "company registration", "virus",
};
static const char *const legal_heads[] = {
    "confidentiality notice", "confidentiality", "disclaimer", "confidential:", "this email and any",
    "this e-mail and any", "this message and any", "this message is intended", "this email is intended",
    "this e-mail is intended", "diese e-mail enthält", "diese e-mail kann", "diese nachricht enthält",
    "ce message et", "ce courriel", "este mensaje", "este correo", "questo messaggio", "esta mensagem",
    "dit bericht", "deze e-mail", "legal notice", "privileged", "please consider the environment",
    "bitte denken sie an die umwelt", "pensez à l'environnement", "before printing",
};

static const char *const banners[] = {
    "originated from outside", "originated outside", "came from outside",
    "from outside of the organization", "from outside the organization", "from outside your organization",
    "external email", "external sender", "you don't often get email from",
    "you do not often get email from", "some people who received this message", "sent from outside",
    "this is an external", "diese e-mail stammt von", "stammt von außerhalb", "externe e-mail",
    "von einem externen absender", "provient de l'extérieur", "expéditeur externe", "correo externo",
    "remitente externo", "mittente esterno", "externe afzender", "extern avsändare",
};

static const char *const closings[] = {
    "regards", "best regards", "kind regards", "warm regards", "kindest regards", "best wishes",
    "with regards", "many regards", "best", "cheers", "sincerely", "yours sincerely", "yours", "br", "rgds",
    "kr", "all the best", "thanks", "thank you", "many thanks", "thanks and regards", "thanks & regards",
    "thanks in advance", "thx", "thanks again", "thank you very much", "thanks so much", "respectfully",
    "take care", "mit freundlichen grüßen", "mit freundlichem gruß", "freundliche grüße", "viele grüße",
    "beste grüße", "liebe grüße", "schöne grüße", "gruß", "grüße", "mfg", "lg", "vg", "danke",
    "vielen dank", "danke und gruß", "cordialement", "bien cordialement", "bien à vous", "salutations",
    "sincères salutations", "merci", "merci d'avance", "saludos", "un saludo", "saludos cordiales",
    "atentamente", "gracias", "muchas gracias", "cordiali saluti", "saluti", "distinti saluti", "un saluto",
    "grazie", "grazie mille", "atenciosamente", "cumprimentos", "com os melhores cumprimentos", "abraços",
    "obrigado", "obrigada", "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet",
    "groet", "groeten", "mvg", "bedankt", "med vänlig hälsning", "vänliga hälsningar", "hälsningar", "mvh",
    "tack", "tack på förhand", "med venlig hilsen", "venlig hilsen", "med vennlig hilsen", "vennlig hilsen",
    "hilsen", "vh", "tak", "takk", "på forhånd tak", "ystävällisin terveisin", "terveisin", "t", "kiitos",
    "pozdrawiam", "z poważaniem", "dziękuję", "dzięki", "s pozdravem", "děkuji", "díky", "s pozdravom",
    "ďakujem", "üdvözlettel", "üdv", "köszönöm", "köszönettel", "cu stimă", "o zi bună", "mulțumesc",
    "srdačan pozdrav", "lijep pozdrav", "pozdrav", "hvala", "с уважением", "спасибо", "з повагою", "дякую",
    "saygılarımla", "iyi çalışmalar", "teşekkürler", "με εκτίμηση", "ευχαριστώ", "よろしくお願いします",
    "よろしくお願いいたします", "ありがとうございます", "此致", "谢谢", "謝謝", "감사합니다", "בברכה", "תודה", "مع التحية", "شكرا",
};

/* clang-format on */

struct table {
    const char *const *rows;
    size_t n;
    struct slice *folded;
};

#define ROWS(words)                                                                                          \
    {                                                                                                        \
        words, ARRAY_LEN(words), NULL                                                                        \
    }
/* in the order of enum quote_table */
static struct table tables[QUOTE_TABLES] = {
    ROWS(from_words), ROWS(date_words), ROWS(to_words),    ROWS(cc_words), ROWS(subject_words),
    ROWS(dashed),     ROWS(forwards),   ROWS(begins),      ROWS(verbs),    ROWS(devices),
    ROWS(machines),   ROWS(legal),      ROWS(legal_heads), ROWS(banners),  ROWS(closings),
};
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct pool *kept; /* the folded rows: as long as the process */

static void fold_tables(void)
{
    struct buf b = BUF_INIT(1000);
    kept = pool_new(1 << 20);
    for (size_t t = 0; t < QUOTE_TABLES; t++) {
        tables[t].folded = pool_array(kept, tables[t].n, sizeof(struct slice));
        for (size_t i = 0; i < tables[t].n; i++) {
            buf_clear(&b);
            fold_into(&b, slice_of(tables[t].rows[i]));
            tables[t].folded[i] = slice_from(pool_slice(kept, buf_view(&b)), b.len);
        }
    }
    buf_release(&b);
}

/* Most lines differ from most words in the first byte. */
static bool may_start(struct slice folded, struct slice word)
{
    return folded.len && folded.ptr[0] == word.ptr[0];
}

bool quotes_is(enum quote_table which, struct slice folded)
{
    const struct table *t = &tables[which];
    pthread_once(&once, fold_tables);
    for (size_t i = 0; i < t->n; i++) {
        if (may_start(folded, t->folded[i]) && slice_eq(folded, t->folded[i]))
            return true;
    }
    return false;
}

bool quotes_starts(enum quote_table which, struct slice folded)
{
    const struct table *t = &tables[which];
    pthread_once(&once, fold_tables);
    for (size_t i = 0; i < t->n; i++) {
        if (may_start(folded, t->folded[i]) && slice_starts(folded, t->folded[i]))
            return true;
    }
    return false;
}

size_t quotes_hits(enum quote_table which, struct slice folded, size_t most)
{
    const struct table *t = &tables[which];
    struct pairs pairs;
    size_t hits = 0;
    pthread_once(&once, fold_tables);
    pairs_of(&pairs, folded);
    for (size_t i = 0; i < t->n && hits < most; i++)
        hits += pairs_may_hold(&pairs, t->folded[i]) && slice_find(folded, t->folded[i]) >= 0;
    return hits;
}
