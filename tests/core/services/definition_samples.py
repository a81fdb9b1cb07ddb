"""A good definition, and each fault that one can have: what is written instead, its path, and its remedy."""

from __future__ import annotations

GOOD = """
service = "parking-permit"
languages = ["en", "cy"]
sensitive = false
closed_days = ["2026-12-24", "2026-12-28/2026-12-29"]
domains = ["council.example", "Bürgeramt.example"]
[name]
en = "Parking permit"
cy = "Trwydded barcio"
[known_fact]
kind = "postcode"
label = { en = "Your postcode", cy = "Eich cod post" }
[[stages]]
code = "received"
codes = ["REC", "NEW"]
opens = true
leads_to = ["asked", "police", "granted", "refused"]
headline = { en = "We have your request", cy = "Mae eich cais gyda ni" }
meaning = { en = "It is safe with us.", cy = "Mae'n ddiogel gyda ni." }
next = { en = "We read it.", cy = "Rydym yn ei ddarllen." }
[[stages]]
code = "asked"
codes = ["RFI"]
waiting_on = "you"
clock = "paused"
headline = { en = "We need a photo", cy = "Mae angen llun arnom" }
meaning = { en = "We wait for you.", cy = "Rydym yn aros." }
next = { en = "We go on.", cy = "Awn ymlaen." }
[[stages]]
code = "police"
codes = ["POL"]
waiting_on = "other"
other = { en = "the police", cy = "yr heddlu" }
headline = { en = "The police are looking", cy = "Mae'r heddlu yn edrych" }
meaning = { en = "We wait for them.", cy = "Rydym yn aros." }
next = { en = "We decide.", cy = "Rydym yn penderfynu." }
[[stages]]
code = "granted"
codes = ["OK"]
closes = true
outcome = "done"
headline = { en = "You have your permit", cy = "Mae gennych drwydded" }
meaning = { en = "You may park.", cy = "Cewch barcio." }
next = { en = "Nothing more.", cy = "Dim byd arall." }
[[stages]]
code = "refused"
codes = ["NO"]
closes = true
outcome = "refused"
formal = true
tell = false
headline = { en = "We have decided", cy = "Rydym wedi penderfynu" }
meaning = { en = "We are sorry.", cy = "Mae'n ddrwg gennym." }
next = { en = "You can appeal.", cy = "Gallwch apelio." }
[help]
en = "Call 01632 960 001."
cy = "Ffoniwch 01632 960 001."
[complaint]
en = "Write to us."
cy = "Ysgrifennwch atom."
[appeal]
en = "You have a month."
cy = "Mae gennych fis."
[needs.photo]
en = "A photo"
cy = "Llun"
why = { en = "To see", cy = "I weld" }
[delay_reasons.advice]
en = "We wait for advice."
cy = "Rydym yn aros am gyngor."
[moved]
waiting = "received"
[promise]
probability = 0.8
fallback_days = 10
warn = 0.4
warn_near = 0.2
warn_last = 0.1
move = 0.9
holidays = "GB-ENG"
[outreach]
tell = ["applicant"]
channels = ["sms"]
silence_days = 7
longest_silence_days = 31
messages_per_case = 9
[feedback]
ask = true
after_days = 2
[retention]
days_after_close = 365
[statutory]
days = 30
words = { en = "The law says a month.", cy = "Mis yw'r gyfraith." }
"""

LONG = "x" * 700

FAULTS: list[tuple[str, str, str, str]] = [
    ('"2026-12-24"', '"24.12.2026"', "closed_days[0]", "Write closed_days"),
    ('"2026-12-24"', "2026-12-24", "closed_days[0]", "Write closed_days"),
    ("2026-12-28/2026-12-29", "2026-12-28/", "closed_days[1]", "first and last"),
    ("2026-12-28/2026-12-29", "2026-12-24", "closed_days[1]", "Take one of them out"),
    ('"2026-12-24"', '"2026-10-26/2026-12-18", "2026-12-21/2026-12-25"', "closed_days", "Leave a day open"),
    ("2026-12-28/2026-12-29", "2026-12-29/2026-12-28", "closed_days[1]", "first and last"),
    ("2026-12-28/2026-12-29", "2026-12-29/2027-12-28", "closed_days[1]", "first and last"),
    ('why = { en = "To see", cy = "I weld" }', 'why = { en = "To see" }', "needs.photo.why.cy", "Add cy"),
    ('why = { en = "To see", cy = "I weld" }', 'why = "To see"', "needs.photo.why", "Write why"),
    ("longest_silence_days = 31", "longest_silence_days = 0", "outreach.longest_silence_days", "whole number"),
    # What is written, what is put in its place, the path of the fault, words of the remedy.
    ('service = "parking-permit"', "", "service", "Add service"),
    ('service = "parking-permit"', "service = 3", "service", "Write service"),
    ('service = "parking-permit"', 'service = "Parking permit"', "service", "letters and digits"),
    ("sensitive = false", 'sensitive = "no"', "sensitive", "without quotes"),
    ("sensitive = false", "sensitiv = false", "sensitiv", "Did you mean sensitive?"),
    ("sensitive = false", 'mapping = { "REC-01" = "received" }', "mapping", "in each stage"),
    ('"council.example", ', '"https://council.example", ', "domains[0]", "names alone"),
    ('"council.example", ', '"council", ', "domains[0]", "names alone"),
    ('languages = ["en", "cy"]', "", "languages", "languages ="),
    ('languages = ["en", "cy"]', 'languages = "en"', "languages", "languages ="),
    ('languages = ["en", "cy"]', "languages = []", "languages", "languages ="),
    ('languages = ["en", "cy"]', 'languages = ["en", "Welsh"]', "languages[1]", "such as en"),
    ('languages = ["en", "cy"]', 'languages = ["en", "cy", "en"]', "languages[2]", "Take one"),
    ('languages = ["en", "cy"]', 'languages = ["en", "cy", "ar"]', "stages[2].headline.ar", "Add ar"),
    ('languages = ["en", "cy"]', 'languages = ["en"]', "name.cy", "languages"),
    ('[name]\nen = "Parking permit"', "[name]", "name.en", "Add en"),
    ('cy = "Trwydded barcio"', "cy = 2", "name.cy", "Write cy"),
    ('cy = "Trwydded barcio"', 'cy = "  "', "name.cy", "Write the words"),
    ('cy = "Trwydded barcio"', 'cy = "Trwydded\\u0007barcio"', "name.cy", "type the words anew"),
    ('cy = "Trwydded barcio"', 'cy = "Trwydded\\u202ebarcio"', "name.cy", "type the words anew"),
    ('cy = "Trwydded barcio"', f'cy = "{"x" * 81}"', "name.cy", "fewer words"),
    ('kind = "postcode"', "", "known_fact.kind", '"surname"'),
    ('kind = "postcode"', 'kind = "post_code"', "known_fact.kind", 'Did you mean "postcode"?'),
    ('kind = "postcode"', 'kind = ""', "known_fact.kind", '"surname"'),
    ('kind = "postcode"', "kind = true", "known_fact.kind", '"surname"'),
    ('label = { en = "Your postcode", cy = "Eich cod post" }', "", "known_fact.label", "label = {"),
    ('label = { en = "Your postcode", cy = "Eich cod post" }', 'label = ""', "known_fact.label", "label = {"),
    ("[[stages]]", "[[stage]]", "stages", "[[stages]]"),
    ('code = "received"', "", "stages[0].code", "Add code"),
    ('code = "asked"', 'code = "More Asked"', "stages[1].code", "small letters"),
    ('code = "asked"', 'code = "received"', "stages[1].code", "another code"),
    ('codes = ["RFI"]', "", "stages[1].codes", "codes ="),
    ('codes = ["RFI"]', "codes = []", "stages[1].codes", "codes ="),
    ('codes = ["RFI"]', 'codes = "RFI"', "stages[1].codes", "codes ="),
    ('codes = ["RFI"]', "codes = [7]", "stages[1].codes[0]", "codes ="),
    ('codes = ["RFI"]', 'codes = ["RFI", "RFI"]', "stages[1].codes[1]", "Take one"),
    ('codes = ["RFI"]', 'codes = ["RFI", "REC"]', "stages[1].codes[1]", "A code means one stage"),
    ('codes = ["RFI"]', 'codes = ["RFI", "rec"]', "stages[1].codes[1]", "A code means one stage"),
    ('codes = ["RFI"]', 'codes = ["RFI", "REC "]', "stages[1].codes[1]", "Take the spaces out"),
    ('codes = ["RFI"]', 'codes = [" "]', "stages[1].codes[0]", "Write the code"),
    ('codes = ["RFI"]', 'codes = ["R\\u200bFI"]', "stages[1].codes[0]", "Type the code anew"),
    ('codes = ["RFI"]', f'codes = ["{"R" * 81}"]', "stages[1].codes[0]", "Write the code alone"),
    ("opens = true", "", "stages", "opens = true"),
    ("opens = true", 'opens = "yes"', "stages[0].opens", "opens = true"),
    ("closes = true", "", "stages", "closes = true"),
    ("closes = true", "", "stages[3].outcome", "closes = true"),
    ('outcome = "done"', "", "stages[3].outcome", '"withdrawn"'),
    ('outcome = "done"', 'outcome = "refuse"', "stages[3].outcome", 'Did you mean "refused"?'),
    ('outcome = "done"', 'outcome = ""', "stages[3].outcome", '"withdrawn"'),
    ('clock = "paused"', 'clock = "stopped"', "stages[1].clock", '"paused"'),
    ('waiting_on = "you"', 'waiting_on = "them"', "stages[1].waiting_on", '"other"'),
    ('other = { en = "the police", cy = "yr heddlu" }', "", "stages[2].other", "who it is"),
    ('waiting_on = "other"', "", "stages[2].other", 'waiting_on = "other"'),
    ('"asked", "police", "granted"', '"asked", "polise", "granted"', "stages[0].leads_to[1]", '"police"?'),
    ('"asked", "police", "granted", "refused"', '"granted"', "stages[1]", 'Add "asked" to leads_to'),
    ('codes = ["RFI"]', 'codes = ["RFI"]\nleads_to = ["asked"]', "stages[1].leads_to", "can end"),
    ('headline = { en = "We need a photo"', 'heading = { en = "We"', "stages[1].headline", "headline ="),
    ('headline = { en = "We need a photo"', 'heading = { en = "We"', "stages[1].heading", "mean headline?"),
    (', cy = "Mae angen llun arnom"', "", "stages[1].headline.cy", "Add cy"),
    (', cy = "Mae angen llun arnom"', ', fr = "Une photo"', "stages[1].headline.fr", "to languages"),
    ('"We need a photo"', '"We need a photo."', "stages[1].headline.en", "full stop"),
    ('"We need a photo"', f'"{"x" * 101}"', "stages[1].headline.en", "fewer words"),
    ('"We need a photo"', f'"{"a" + "€" * 50}"', "stages[1].headline.en", "fewer words"),
    ('"We need a photo"', f'"{"ŵ" * 74}"', "stages[1].headline.en", "Without ŵ"),
    ('"We wait for you."', '"We <b>wait</b> for you."', "stages[1].meaning.en", "plain words"),
    ('"We wait for you."', '"Dear {{ name }}"', "stages[1].meaning.en", "plain words"),
    ('"We wait for you."', '"Parks &amp; roads"', "stages[1].meaning.en", "plain words"),
    ('"We wait for you."', f'"{"x" * 401}"', "stages[1].meaning.en", "fewer words"),
    ('en = "Call 01632 960 001."', f'en = "{LONG}"', "help.en", "fewer words"),
    ('[appeal]\nen = "You have a month."\ncy = "Mae gennych fis."', "", "appeal", "[appeal]"),
    ("[complaint]", "[complaints]", "complaint", "Write [complaint] on a line of its own"),
    ("days_after_close = 365", "sensitive = true", "retention.sensitive", "at the top of the file"),
    ('cy = "Trwydded barcio"', "sensitive = true", "name.sensitive", "at the top of the file"),
    ('codes = ["RFI"]', f"codes = [{'7, ' * 2000}]", "line 23", "Break the line"),
    ("days = 30", "a.b.c.d.e.f.g.h.i.j.k = 30", "line 93", "two dots at most"),
    ("days = 30", f"days = {'9' * 3990}\ndates = {'[' * 3000}", "file", "Take it out"),
    ("days = 30", "days = 30" + "\n" * 200_000, "file", "the right file"),
    ("[complaint]", "[complaints]", "complaints", "Did you mean complaint?"),
    ('[needs.photo]\nen = "A photo"', "[needs.photo]", "needs.photo.en", "Add en"),
    ("[needs.photo]", '[needs."site photo "]', 'needs."site photo "', "Take the spaces out"),
    (
        '[delay_reasons.advice]\nen = "We wait for advice."',
        "[delay_reasons.advice]",
        "delay_reasons.advice.en",
        "Add en",
    ),
    ("[delay_reasons.advice]", '[delay_reasons." advice"]', 'delay_reasons." advice"', "Take the spaces out"),
    ('"We wait for advice."', f'"{"x" * 121}"', "delay_reasons.advice.en", "fewer words"),
    ('"We wait for advice."', '"We <b>wait</b>."', "delay_reasons.advice.en", "plain words"),
    ("[delay_reasons.advice]", "[delay_reason.advice]", "delay_reason", "Did you mean delay_reasons?"),
    ('waiting = "received"', 'asked = "received"', "moved.asked", "Take this line out"),
    ('waiting = "received"', 'waiting = "recieved"', "moved.waiting", 'Did you mean "received"?'),
    ("[moved]", "[[moved]]", "moved", "[moved]"),
    ("probability = 0.8", "probability = 1", "promise.probability", "0.5 to 0.99"),
    ("probability = 0.8", "probability = nan", "promise.probability", "0.5 to 0.99"),
    ("probability = 0.8", 'probability = "90 %"', "promise.probability", "0.5 to 0.99"),
    ("fallback_days = 10", "fallback_days = 0", "promise.fallback_days", "whole number from 1"),
    ("fallback_days = 10", f"fallback_days = 0x{'f' * 3900}", "promise.fallback_days", "whole number from 1"),
    ("fallback_days = 10", "fallback_days = 1.5", "promise.fallback_days", "whole number from 1"),
    ("fallback_days = 10", "fallback = 10", "promise.fallback", "Did you mean fallback_days?"),
    ("warn_near = 0.2", "warn_near = 0", "promise.warn_near", "a number from 0.01 to 1"),
    ("warn_near = 0.2", "warn_near = nan", "promise.warn_near", "a number from 0.01 to 1"),
    ("warn_near = 0.2", "warn_near = 0.5", "promise.warn_near", "Write warn_near = 0.4 or less"),
    ("warn_last = 0.1", "warn_last = 2", "promise.warn_last", "a number from 0.01 to 1"),
    ("warn_last = 0.1", "warn_last = 0.3", "promise.warn_last", "Write warn_last = 0.2 or less"),
    ('holidays = "GB-ENG"', 'holidays = "England"', "promise.holidays", "Write a country or a part of one"),
    ('holidays = "GB-ENG"', "holidays = 7", "promise.holidays", "a country or a part of one"),
    ("warn = 0.4", "warn = 0.95", "promise.warn", "or move = 0.95 or more"),
    ("warn = 0.4\nwarn_near = 0.2", "warn = 0.1", "promise.warn_near", "A key left out has its usual value"),
    ("move = 0.9", "move = 1.01", "promise.move", "a number from 0.01 to 1"),
    ("move = 0.9", 'move = "soon"', "promise.move", "a number from 0.01 to 1"),
    ("silence_days = 7", "silence_days = -7", "outreach.silence_days", "whole number from 1"),
    ("silence_days = 7", "silence_days = 7000", "outreach.silence_days", "whole number from 1"),
    ("silence_days = 7", "silence_days = 2026-01-01", "outreach.silence_days", "whole number from 1"),
    ('tell = ["applicant"]', 'tell = ["aplicant"]', "outreach.tell[0]", 'Did you mean "applicant"?'),
    ('tell = ["applicant"]', "tell = []", "outreach.tell", '"helper"'),
    ('channels = ["sms"]', 'channels = ["fax"]', "outreach.channels[0]", '"email"'),
    ("messages_per_case = 9", "messages_per_case = true", "outreach.messages_per_case", "whole number"),
    ("after_days = 2", "after_days = 91", "feedback.after_days", "whole number from 1 to 90"),
    ("days_after_close = 365", "days = 365", "retention.days_after_close", "Add days_after_close"),
    ("days = 30", "", "statutory.days", "Add days"),
    ('words = { en = "The law', 'word = { en = "The law', "statutory.words", "words ="),
    ('service = "parking-permit"', 'service = "parking-permit', "line 2", "quote"),
    ("opens = true", "opens = true\nopens = true", "line 17", "twice"),
    ("opens = true", "opens yes", "line 16", "Write key"),
]
