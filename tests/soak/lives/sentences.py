"""The sentences that people may read, by what they claim: written down from the outside."""

from __future__ import annotations

from tests.soak.lives.reading import patterns

_SORRY = r"(?: We are sorry\.)?"
_REQUEST = r"(?: for)?(?: your)?(?: request)?(?: {R})?"
_WHY = (
    r"Many people have asked for this at the same time\.|We have fewer people at work than we need\."
    r"|Some requests take longer than most\. Yours is one of them\.|We are waiting for somebody outside our office\."
    r"|We are waiting for something from you\.|It was taking longer than we expected\."
)

_ARRIVED = r"It has arrived\. We have not checked yet whether we need more\. You do not need to send it again\."

MESSAGE = patterns(
    {
        "begun": [r"[Ww]e have your request\.?"],
        "news": [r"[Tt]here is news about your request(?: {R})?\.?"],
        "asks": [r"[Ww]e need something from you(?: to go on with your request| for your request {R})?\.?"],
        "again": r"We asked you for some of it before\. Please look at the list: we need it again\.",
        "reminds": r"[Ww]e still need something(?: from you)?(?: to go on with your request| for your request {R})?\.?",
        "overdue": [
            r"The day for something that we need from you has passed\.",
            r"the day for something we need(?: for your request {R})? has passed\.?",
        ],
        "arrived": r"[Ww]hat we asked you for has arrived\.?(?: Request {R}\.)?",
        "ours_now": r"The next step is ours\.(?: We look at it, and then we go on with your request\.)?",
        "arrived_headline": [r"We have what we asked you for\.?"],
        "arrived_meaning": _ARRIVED,
        "date_first": [
            r"The date for your request is now {D}\.",
            r"the date for your request {R} is now {D}\.",
            r"we have a date for your request",
        ],
        "date_changed": [
            r"[Tt]he date for your request(?: {R})? has changed\.?" + _SORRY,
            r"the new date for your request {R} is {D}\.(?: We are sorry\.)?",
        ],
        "moved_theirs": r"{O} has moved its date for your request\.(?: We are sorry\.)?",
        "old_date": [r"The old date was {D}\.", r"The date was {D}\."],
        "new_date": r"The new date is {D}\.",
        "broken_theirs": [
            r"(?:{O}|we) set {D} for your request(?: {R})?\. That day has passed\.(?: We are sorry\.)?",
            r"we are late with your request",
            r"{O} set {D}\. That day has passed\.",
        ],
        "still_expects": r"We still expect to finish by {D}\.",
        "no_new_date": r"We cannot give you a new date yet\. We will tell you as soon as we have one\.",
        "doubts": [
            r"[Ww]e may be late with your request(?: {R})?\.?" + _SORRY,
            r"The date we gave you is {D}\. We may not keep it\.",
            r"If (?:the|our) date changes, we will tell you at once\.(?: Nothing else changes\.)?",
        ],
        "taken_back": [
            r"[Ww]e cannot keep the date we gave you\.?" + _SORRY,
            r"we are sorry, we cannot keep our date for your request {R}\.",
        ],
        "why": _WHY,
        "not_lost": [
            r"[Yy]our request(?: {R})? is not lost\.?",
            r"We have nothing new to tell you yet\.|There is no news yet\.",
            r"We have not forgotten you\.",
        ],
        "checks": [
            r"We are checking what is new\.",
            r"The office has sent news about it\. We are still checking what it means for you\.",
            r"There is news that we are checking\.",
            r"The office has reported something new\. We are checking what it means for you and will say so here\.",
            r"We tell you what it means for you as soon as we know\.",
            r"We do not know yet\. We will tell you\.",
        ],
        "waits": [
            r"[Ww]e are still waiting for you\.?(?: Request {R}\.)?",
            r"We are waiting for you\. We still need what we asked you for\.",
            r"We need something from you\. Your page says what it is\.",
            r"Please look at your page: we need something from you\.",
            r"Please read on your page what we need from you\.",
        ],
        "stood": r"This is how it stood when {O} last reported, on {D}:",
        "mistake": r"[Ww]e told you something wrong(?: about your request(?: {R})?)?\.?" + _SORRY,
        "told_before": r"On {D} we told you: “(?P<words>[^”]+)”",
        "record_changed": [
            r"[Tt]he office has changed its record(?: of request {R})?\.",
            r"[Pp]lease do not rely on (?:what we told you|it until the office confirms it)(?: before)?\.?",
            r"Do not rely on what we told you before\.",
            r"We told you how your request ended\.",
        ],
        "holds_no_more": r"That does not hold any more\.",
        "limit_passed": [
            r"The law set a limit for your request: {D}\. That day has passed\.(?: We are sorry\.)?",
            r"[Tt]he limit (?:that the law set|set by law)(?: for your request)?(?: {R})? has passed\.?" + _SORRY,
        ],
        "ended_withdrawn": r"[Yy]our request(?: {R})? was withdrawn\.?",
        "ended_merged": r"[Yy]our request(?: {R})? goes on under another one(?:: (?P<survivor>[0-9A-Z-]{14}))?\.?",
        "ended": r"[Yy]our request(?: {R})? is finished\.?",
        "survivor": r"We go on with the request that has the reference (?P<survivor>[0-9A-Z-]{14})\.",
        "question": [r"[Hh]ow was it for you\?(?: https://\S+)?", r"Answer one question:", r"a question for you: \S+"],
        "late_news": r"This is news of {D}\. We are sorry that we tell you only now\.",
        "note": r"From the office: (?P<note>[^\n]+)",
        "reference": [r"Your reference: {R}", r"Your reference is {R}\.", r"Reference {R}\."],
        "service": r"Request: (?P<service>[^\n]+)",
        "due": r"Please do it by {D}\.",
        "item": r"- (?P<item>[^–\n]+?) – by {D}(?=\n|$)",
        "item_late": r"- (?P<item>[^–\n]+?) – The last day was {D}\. Please send it now\.",
        "item_open": r"- (?P<item>[^–\n]+)(?=\n|$)",
        "item_more": [
            r"You sent this before\. We need it again\.",
            r"Why we need it: [^\n]+",
            r"Where to send it: [^\n]+",
            r"If it does not come: [^\n]+",
        ],
        "nothing": [r"Nothing right now\.", r"You do not need to do anything\."],
        "nothing_more": [r"Nothing more\.", r"Nothing, if you agree with it\."],
        "office_date": [r"{O} set this date: {D}\.", r"We set this date: {D}\."],
        "expects": [
            r"We expect to finish by {D}\. It is not certain\. We will tell you if it changes\.",
            r"We expect to finish by {D}(?: \(\d+ in \d+\))?\.",
        ],
        "share": [
            r"\d+ in \d+ requests (?:like yours|at this office) are finished by then\.",
            r"In the last year \d+ in 100 of our first dates for this service came true\.",
        ],
        "half": r"Half are finished by {D}\.",
        "office_says": [r"{O} itself says: by {D}\.", r"{O} itself said: by {D}\. That day has passed\."],
        "expected": r"We expected to finish by {D}\. That day has passed\.",
        "sooner": r"It is going well\. It will probably be finished well before {D}\.",
        "next_word": [
            r"We will write to you by {D}, even if nothing has changed\.",
            r"We will tell you more by {D}\.",
            r"Next news by {D}\.",
            r"News by {D}\.",
        ],
        "appeal_by": r"The last day for this is {D}\.",
        "frame": [
            r"You do not need to send it again\.",
            r"Please (?:send it now|read it (?:soon|on your page(?: soon)?:?)|look at your page)\.?",
            r"Have you just sent it\? Thank you\. Then you need to do nothing more\.",
            r"Is it hard for you\? Tell us\. We can help\.",
            r"If you have questions, ask the office\. You find it under “Help” below\.",
            r"Here is what is true now\.",
            r"We have one question (?:about your request|for you)\.[^\n]+",
            r"There is still something to read about your request\.?(?: {R}\.)?",
            r"there is still something to read about your request(?: {R})?\.?",
            r"WHAT YOU NEED TO DO|WHAT HAPPENS NEXT|WHEN YOU WILL HEAR|SEE IT ALL|HELP",
            r"IF YOU ARE NOT HAPPY WITH THIS|IF YOU THINK THIS IS WRONG",
            r"https://\S+",
            r"You need your reference and one detail about you\.",
            r"We never ask for your password, your PIN or your bank card in a message\.",
            r"To stop e-mails about this:",
            r"Ask {O}, and tell them your reference\.",
            r"Your page: track\.example\.org",
            r"Your page says what(?: we need| is true| you can do)?\.",
            r"(?:You can r|R)ead more on your page\.",
            r"Reply STOP to end\.",
            r"{O}(?=\n|$)",
        ],
    }
)
"""What stands in a message, its subject and its text."""

PAGE = patterns(
    {
        "silent": r"The last news from {O} came (?:at {T} on |on )?{D}\. Nothing has come since\. "
        r"So this page cannot say what has happened after that\. We go on looking\. "
        r"If you need to know now, please ask the office\.",
        "heard": r"The last news from {O} came (?:at {T} on |on )?{D}\.",
        "waits": [r"We are waiting for you\.", r"We need something from you\."],
        "waits_other": [r"We are waiting for the fire service\.", r"We are waiting for somebody outside our office\."],
        "ours_now": [
            r"The next step is ours\.(?: We look at it, and then we go on with your request\.)?",
            r"When we last heard, the next step was ours\.",
        ],
        "also_needs": r"We also need something from you\.",
        "checks": [
            r"We are checking it\. The next step is ours\.",
            r"There is news that we are checking\.",
            r"The office has reported something new\. We are checking what it means for you and will say so here\.",
            r"We tell you what it means for you as soon as we know\.",
            r"We do not know yet\.(?: If you are not sure what to do, please ask us\.)?",
            r"If you are not sure what to do, please ask us\.",
        ],
        "arrived_headline": r"We have what we asked you for\.?",
        "arrived_meaning": _ARRIVED,
        "since": r"This began (?:at {T} )?on {D}\.",
        "ended_on": r"It ended (?:at {T} )?on {D}\.",
        "ended_done": r"Your request is finished\. We have done what we needed to do\.",
        "ended_refused": r"Your request is finished\. The answer was no\.",
        "ended_withdrawn": r"Your request was withdrawn\. Nobody is working on it any more\.",
        "ended_merged": r"Your request was joined to another one\. We go on with that one\."
        r"(?: Its reference: (?P<survivor>[0-9A-Z-]{14}))?",
        "told_before": r"On {D} we told you: “(?P<words>[^”]+)”",
        "record_changed": [
            r"The office has changed its record\. Please do not rely on it until the office confirms it\.",
            r"If you have questions, please ask us\.",
        ],
        "holds_no_more": r"That does not hold any more\.",
        "end_in_doubt": r"The office reports an end with a date that cannot be right\. We have asked\.",
        "count": r"Please send us (?:this|(?P<count>\d+) things)\.",
        "by": r"By {D}$",
        "last_day": r"The last day was {D}\. Please send it now\.",
        "open_day": r"As soon as you can",
        "item_more": [
            r"You sent this before\. We need it again\.",
            r"Why we need it: .+",
            r"Where to send it: .+",
            r"If it does not come: .+",
        ],
        "nothing": [r"Nothing right now\.", r"Nothing that we know of\."],
        "nothing_more": [r"Nothing more\.", r"Nothing, if you agree with it\."],
        "ask_us": r"If you do not know what it is, please ask us\.",
        "appeal_way": r"If you think this is wrong, you can ask for it to be looked at again\.",
        "appeal_by": [r"The last day for this (?:is|was) {D}\."],
        "date": [
            r"By {D}\.",
            r"On {D}\.",
            r"By {D} \(\d+ in \d+(?: requests of all kinds)?\)\.",
        ],
        "theirs": r"{O} set this date\.",
        "not_certain": r"This is what we expect\. It is not certain\.",
        "share": [
            r"\d+ in \d+ requests (?:like yours|at {O}) are finished by then\.",
            r"1 in 10 are finished by {D}\.",
            r"In the last year \d+ in 100 of our first dates for this service came true\.",
        ],
        "half": r"Half are finished by {D}\.",
        "late": r"Later than (?:planned|we said|we expected)\.(?: We are sorry\.)?",
        "broken_theirs": r"{O} set {D}\. That day has passed\.",
        "broken": r"We (?:said|expected to finish by) {D}\.(?: That day has passed\.)?",
        "no_new_date": r"We cannot give you a new date yet\.",
        "no_date": [
            r"We cannot give you a date yet\.",
            r"We do not know enough yet to give you one that we could keep\.",
            r"Some requests are quick, and others take long\. We cannot give you a date that we could keep\.",
            r"We can give you one when we have what we need from you\.",
            r"It depends on somebody outside our office\.",
            r"We will tell you here as soon as we know more\.",
            r"Too many of the dates that we gave for requests like yours did not come true\. "
            r"So we give no new ones until we can keep them\.(?: We write to you all the same\.)?",
        ],
        "cannot_say": [
            r"We cannot say right now\.",
            r"The last date that we had was {D}\. This page cannot check it until there is news from the office\.",
            r"There is no date until there is news from the office\.",
        ],
        "delay": [
            r"This is later than we first said\. We are sorry\.",
            r"We may not keep this date\. We are sorry\.",
            r"If the date changes, (?:we will tell you|this page will say so) at once\.",
            r"The date that we gave you before does not hold any more\. We are sorry\.",
        ],
        "why": _WHY,
        "office_says": [r"{O} itself (?:said|says): by {D}\.(?: That day has passed\.)?"],
        "sooner": r"It is going well\. It will probably be finished well before {D}\.",
        "may_move": r"The date may move by the days that we wait(?: for you)?\.",
        "next_word": [
            r"We will write to you by {D}, even if nothing has changed\.",
            r"We may not be able to write to you about this request\. Please look at this page again by {D}\. "
            r"It shows what is new as soon as we know it\.",
        ],
        "law": [
            r"The limit set by law is {D}\.",
            r"The limit set by law was {D}\. That day has passed\. We are sorry\.",
            r"The limit set by law was {D}\. It does not run while we wait for you: these days are added\.",
        ],
        "frame": [
            r"If you are not happy with (?:this|us)",
            r"How we know",
            r"See how often our dates come true",
            r"Too few requests of this kind are finished to learn from\.",
            r"So this is the time that the service usually takes\.",
            r"We have not finished many requests of this kind yet\. So we looked at .+",
            r"We looked at \d+ requests? that (?:was|were) finished in the two years before .+",
            r"If you would like us to write to you, please ask us\.",
            r"The letter about our answer says how you can have it looked at again, and until when\.",
        ],
        "no_first": r"We gave you no date\.",
        "first_of": r"This was the first date that (?:we gave you|{O} set)\.",
        "first_moved": [r"It was moved to {D}\.", r"It was taken back\."],
        "first_waited": r"We added the days on which we had to wait\.",
        "in_time": r"We finished in time\.",
        "too_late": r"We finished on {D}: (?P<count>\d+) days? after this date\. We are sorry\.",
        "not_later": r"We finished on {D}, not later than this date\.",
        "old_date": r"Old date: {D}\.[^\n]*",
        "date_now": r"The date now: {D}\.",
    }
)
"""What stands on the page of a case, and in what the desk reads out of it."""
