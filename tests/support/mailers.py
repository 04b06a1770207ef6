# SPDX-License-Identifier: GPL-2.0-or-later
"""How mail programs write a reply: the sender's words around a letter that they quote, as text and HTML, in their language.

    text, html = written(PROGRAMS["gmail"], "de", own="Danke.", letter=(text, html), subject="Re: x", place="top")

A program is a row: the forms of its text and HTML, and where it puts the words. In a form {own} is what the sender wrote, {attr} the
line "On ... wrote:", {block} the fields "From: ...", {marked} the letter with "> ", {plain} the letter as it is, {inside} its HTML
without <html> and <body>, {sent} "Sent from my ...". Facts: doc of each program's output as kept in tests/fixtures/replies.
"""
import html as _html
import re
import textwrap

WHO, ADDRESS, READER = "Northwind IT", "newticket@desk.example", "dana.reed@northwind.example"

# language -> the line above a quotation; {who} {address}
ATTRIBUTIONS = dict(
    en="On Tue, Nov 24, 2026 at 9:12 AM {who} <{address}> wrote:",
    de="Am Di., 24. Nov. 2026 um 09:12 Uhr schrieb {who} <{address}>:",
    fr="Le mar. 24 nov. 2026 à 09:12, {who} <{address}> a écrit :",
    es="El mar, 24 nov 2026 a las 9:12, {who} (<{address}>) escribió:",
    it="Il giorno mar 24 nov 2026 alle ore 09:12 {who} <{address}> ha scritto:",
    pt="Em ter., 24 de nov. de 2026 às 09:12, {who} <{address}> escreveu:",
    nl="Op di 24 nov 2026 om 09:12 schreef {who} <{address}>:",
    sv="Den tis 24 nov. 2026 kl 09:12 skrev {who} <{address}>:",
    da="Den tirs. 24. nov. 2026 kl. 09.12 skrev {who} <{address}>:",
    fi="ti 24. marrask. 2026 klo 9.12 {who} ({address}) kirjoitti:",
    pl="wt., 24 lis 2026 o 09:12 {who} <{address}> napisał(a):",
    cs="út 24. 11. 2026 v 9:12 odesílatel {who} <{address}> napsal:",
    hu="{who} <{address}> ezt írta (időpont: 2026. nov. 24., K, 9:12):",
    ro="În mar., 24 nov. 2026 la 09:12, {who} <{address}> a scris:",
    ru="вт, 24 нояб. 2026 г. в 09:12, {who} <{address}>:",
    uk="вт, 24 лист. 2026 р. о 09:12 {who} <{address}> пише:",
    tr="{who} <{address}>, 24 Kas 2026 Sal, 09:12 tarihinde şunu yazdı:",
    el="Στις Τρί 24 Νοε 2026 στις 9:12 π.μ., ο χρήστης {who} <{address}> έγραψε:",
    ja="2026年11月24日(火) 9:12 {who} <{address}>:",
    zh="{who} <{address}> 于2026年11月24日周二 09:12写道：",
    ko="2026년 11월 24일 (화) 오전 9:12, {who} <{address}>님이 작성:",
    he="‫בתאריך יום ג׳, 24 בנוב׳ 2026 ב-9:12 מאת ‪{who}‬‏ <‪{address}‬‏>:‬",
    vi="Vào Th 3, 24 thg 11, 2026 vào lúc 09:12 {who} <{address}> đã viết:")

# language -> From, Sent, To, Subject as Outlook writes them
FIELDS = dict(en=("From", "Sent", "To", "Subject"), de=("Von", "Gesendet", "An", "Betreff"), fr=("De", "Envoyé", "À", "Objet"),
              es=("De", "Enviado el", "Para", "Asunto"), it=("Da", "Inviato", "A", "Oggetto"), pt=("De", "Enviada em", "Para", "Assunto"),
              nl=("Van", "Verzonden", "Aan", "Onderwerp"), sv=("Från", "Skickat", "Till", "Ämne"), da=("Fra", "Sendt", "Til", "Emne"),
              fi=("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"), pl=("Od", "Wysłano", "Do", "Temat"),
              cs=("Od", "Odesláno", "Komu", "Předmět"), hu=("Feladó", "Elküldve", "Címzett", "Tárgy"), tr=("Kimden", "Gönderildi", "Kime", "Konu"),
              ru=("От", "Отправлено", "Кому", "Тема"), ja=("差出人", "送信日時", "宛先", "件名"), zh=("发件人", "发送时间", "收件人", "主题"),
              ko=("보낸 사람", "보낸 날짜", "받는 사람", "제목"))

GMAIL_HTML = ('<div dir="ltr">{own}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{attr}<br></div>'
              '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{inside}'
              '</blockquote></div>')
WORD_HTML = ('<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><div class=WordSection1><p class=MsoNormal>{own}<o:p></o:p></p>'
             '<p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style=\'border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in\'>'
             '<p class=MsoNormal>{block}<o:p></o:p></p></div></div><p class=MsoNormal><o:p>&nbsp;</o:p></p>{inside}</div></body></html>')
OWA_HTML = ('<html><body><div class="elementToProof" style="font-family:Aptos">{own}</div><div id="appendonsend"></div>'
            '<hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font>{block}</font><div>&nbsp;</div></div>{inside}</body></html>')
MOBILE_HTML = ('<html><body><div dir="ltr">{own}</div><div id="ms-outlook-mobile-signature">{sent}</div>'
               '<hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr">{block}</div>{inside}</body></html>')
CITE_HTML = ('<html><body style="overflow-wrap: break-word;">{own}<br><div><br><blockquote type="cite"><div>{attr}</div><br>'
             '<div>{inside}</div></blockquote></div></body></html>')
TB_HTML = ('<html><body><div class="moz-cite-prefix">{attr}<br></div><blockquote type="cite" cite="mid:x@y">{inside}</blockquote>'
           '<p>{own}</p></body></html>')
YAHOO_HTML = ('<html><body><div class="ydp1yahoo-style-wrap"><div>{own}</div></div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>'
              '<div>{attr}</div><div><br></div><div>{inside}</div></div></div></body></html>')
MARKED = "{own}\n\n{attr}\n\n{marked}"

PROGRAMS = {
    "gmail": dict(text=MARKED, html=GMAIL_HTML),
    "gmail-app": dict(text=MARKED, html=GMAIL_HTML.replace('<div dir="ltr">', '<div dir="auto">', 1)),
    "gmail-bottom": dict(text="{attr}\n\n{marked}\n{own}\n", html=None),
    "outlook": dict(text="{own}\n\n{block}\n\n{plain}", html=WORD_HTML, block=": "),
    "outlook-html": dict(text=None, html=WORD_HTML, block=": "),
    "outlook-plain": dict(text="{own}\n\n-----Original Message-----\n{block}\n\n{plain}", html=None),
    "outlook-web": dict(text="{own}\n________________________________\n{block}\n\n{plain}", html=OWA_HTML),
    "outlook-mobile": dict(text="{own}\n\n{sent}\n________________________________\n{block}\n\n{plain}", html=MOBILE_HTML,
                           sent=dict(en="Get Outlook for iOS<https://aka.ms/o0ukef>", de="Outlook für iOS<https://aka.ms/o0ukef> herunterladen",
                                     nl="Download Outlook voor Android<https://aka.ms/AAb9ysg>")),
    "outlook-mac": dict(text="{own}\n\n{block}\n{plain}", html=None),
    "apple-mail": dict(text="{own}\n\n> {attr}\n> \n{marked}", html=CITE_HTML),
    "iphone": dict(text="{own}\n\n{sent}\n\n> {attr}\n> \n> ﻿\n{marked}", html=CITE_HTML,
                   sent=dict(en="Sent from my iPhone", de="Von meinem iPhone gesendet", fr="Envoyé de mon iPhone", es="Enviado desde mi iPhone",
                             it="Inviato da iPhone", nl="Verstuurd vanaf mijn iPhone", ja="iPhoneから送信", sv="Skickat från min iPhone")),
    "thunderbird": dict(text="{attr}\n{marked}\n{own}\n", html=TB_HTML),
    "thunderbird-text": dict(text="{attr}\n{marked}\n{own}\n", html=None),
    "thunderbird-top": dict(text="{own}\n\n{attr}\n{marked}", html=None),
    "yahoo": dict(text=" {own}\n    {attr}  \n \n{plain}", html=YAHOO_HTML),
    "samsung": dict(text="{own}\n\n\n{sent}\n\n\n-------- Original message --------\n{block}\n\n{plain}", html=None,
                    sent=dict(en="Sent from my Galaxy", de="Von meinem Galaxy gesendet", es="Enviado desde mi Galaxy", pl="Wysłane z Galaxy")),
    "k9": dict(text="{own}\n\n{attr}\n{marked}\n-- \n{sent}", html=None,
               sent=dict(en="Sent from my Android device with K-9 Mail. Please excuse my brevity.",
                         de="Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.")),
    "lotus": dict(text="{own}\n\n\n\n{block}\n\n\n\n{plain}", html=None, block=":        "),
    "zimbra": dict(text="{own}\n\n----- Original Message -----\n{block}\n\n{plain}", html=None),
    "zimbra-marked": dict(text="{own}\n\n----- {attr}\n{marked}", html=None),
    "mutt": dict(text="{attr}\n{marked}\n\n{own}\n\n-- \nDana\n", html=None),
    "blackberry": dict(text="{own}\n\nSent from my BlackBerry 10 smartphone.\n\n  Original Message  \n{block}\n\n{plain}", html=None),
    "proton": dict(text="{own}\n\nSent with Proton Mail secure email.\n\n{attr}\n\n{marked}", html=None),
    "zoho": dict(text="{own}\n\n---- On Tue, 24 Nov 2026 09:12:01 -0500 Northwind IT <newticket@desk.example> wrote ----\n\n{plain}", html=None),
    "evolution": dict(text="On Tue, 2026-11-24 at 09:12 -0500, Northwind IT wrote:\n{marked}\n\n{own}\n", html=None),
    "roundcube": dict(text="On 2026-11-24 09:12, Northwind IT wrote:\n{marked}\n{own}\n", html=None),
    "em-client": dict(text="{own}\n\n------ Original Message ------\n{block}\n\n{plain}", html=None),
    "mail-ru": dict(text="{own}\n\n>Вторник, 24 ноября 2026, 9:12 +03:00 от Northwind IT <newticket@desk.example>:\n>\n{marked}", html=None),
    # forwards
    "gmail-forward": dict(text="{own}\n\n---------- Forwarded message ---------\n{block}\n\n\n{plain}", html=None),
    "apple-forward": dict(text="{own}\n\n> Begin forwarded message:\n> \n{marked}", html=None),
    "thunderbird-forward": dict(text="{own}\n\n-------- Weitergeleitete Nachricht --------\n{block}\n\n{plain}", html=None),
}


def inside_of(letter_html):
    """What stands between <body> and </body>: mail programs drop the rest, and most keep the style sheet out."""
    found = re.search(r"<body[^>]*>(.*)</body>", letter_html, re.S)
    return found.group(1) if found else letter_html


def marked(text):
    return "".join(("> %s" % line).rstrip() + "\n" for line in text.rstrip("\n").splitlines())


def _fill(form, values):
    """One pass: what is put in is not looked at again."""
    return re.sub(r"\{(\w+)\}", lambda m: values[m.group(1)], form)


def written(program, language, own, letter, subject, place=None):
    """(text or None, HTML or None). place "inline": the words stand between two parts of the marked letter."""
    text, html = letter
    attr = ATTRIBUTIONS[language].format(who=WHO, address=ADDRESS)
    names = FIELDS.get(language, FIELDS["en"])
    fields = list(zip(names, ("%s <%s>" % (WHO, ADDRESS), "Tuesday, November 24, 2026 9:12 AM", READER, subject)))
    sep = program.get("block", ": ")
    sent = program.get("sent", {})
    values = dict(own=own, attr="\n".join(textwrap.wrap(attr, 78)), block="\n".join(n + sep + v for n, v in fields), marked=marked(text),
                  plain=text, sent=sent.get(language, sent.get("en", "")))
    body = program["text"] and _fill(program["text"], values)
    if place == "inline":
        lines = values["marked"].splitlines(True)
        body = "".join([attr + "\n"] + lines[:3] + ["\n" + own + "\n\n"] + lines[3:])
    as_html = {name: _html.escape(value).replace("\n", "<br>\n") for name, value in values.items()}
    as_html["block"] = "<br>\n".join("<b>%s:</b> %s" % (n, _html.escape(v)) for n, v in fields)
    as_html["inside"] = inside_of(html)
    rich = program["html"] and place != "inline" and _fill(program["html"], as_html)
    return body, rich
