"""The sentences that a message may say, by what they claim: written down from the outside."""

from __future__ import annotations

from tests.soak.lives.reading import patterns

_SORRY = r"(?: We are sorry\.)?"
_REQUEST = r"(?: for)?(?: your)?(?: request)?(?: {R})?"
WHY = (
    r"Many people have asked for this at the same time\.|We have fewer people at work than we need\."
    r"|Some requests take longer than most\. Yours is one of them\.|We are waiting for somebody outside our office\."
    r"|We are waiting for something from you\.|It was taking longer than we expected\."
)

ARRIVED = r"It has arrived\. We have not checked yet whether we need more\. You do not need to send it again\."

RELEASED = (
    r"We asked you for something before\. We do not need it any more\. You do not need to send it\."
    r"|The next step is ours\. We go on with your request\."
)

MESSAGE = patterns(
    {
        "begun": [r"[Ww]e have your request(?: {R})?\.?"],
        "news": [r"[Tt]here is news about your request(?: {R})?\.?"],
        "asks": [r"[Ww]e need something from you(?: to go on with your request| for your request {R})?\.?"],
        "again": r"We asked you for some of it before\. Please look at the list: we need it again\.",
        "reminds": [
            r"[Ww]e still need something from you\. Request {R}\.",
            r"[Ww]e still need something(?: from you)?(?: to go on with your request| for your request {R})?\.?",
        ],
        "overdue": [
            r"The day for something that we need from you has passed\.",
            r"the day for something we need has passed\.?",
            r"we still need something for your request {R}\. The last day (?:was {D}|for it has passed)\.",
        ],
        "arrived": r"[Ww]hat we asked you for has arrived\.?(?: Request {R}\.)?",
        "ours_now": r"The next step is ours\.(?: We look at it, and then we go on with your request\.)?",
        "released_headline": [r"We do not need anything more from you now\.?"],
        "released_meaning": RELEASED,
        "arrived_headline": [r"We have what we asked you for\.?"],
        "arrived_meaning": ARRIVED,
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
            r"{O} expected to finish your request by {D}\. That day has passed\. We are sorry\.",
            r"we expected to finish your request {R} by {D}\. That day has passed\. We are sorry\.",
            r"we are late with your request",
            r"{O} expected to finish by {D}\. That day has passed\.",
        ],
        "still_expects": r"We still expect to finish by {D}\.",
        "no_new_date": r"We cannot give you a new date yet\. We will tell you as soon as we have one\.",
        "doubts": [
            r"[Ww]e may be late with your request(?: {R})?\.?" + _SORRY,
            r"Our date for your request is {D}\. We may not keep it\.",
            r"If (?:the|our) date changes, we will tell you at once\.(?: Nothing else changes\.)?",
        ],
        "taken_back": [
            r"[Ww]e cannot keep our date for your request\.?" + _SORRY,
            r"we are sorry, we cannot keep our date for your request {R}\.",
        ],
        "why": WHY,
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
            r"If you need to do something, we will tell you\.",
        ],
        "asked_office": [
            r"We have asked the office (?:again )?to look at (?:it|your request)\.",
            r"we have asked the office (?:again )?to look at your request {R}\.",
        ],
        "end_in_doubt": [
            r"The office reports that your request has ended, with a date that cannot be right\. "
            r"We have asked the office\. We will tell you what it says\.",
            r"the office reports an end of your request {R}, with a date that cannot be right\. We have asked\.",
            r"we have asked the office about your request",
        ],
        "waits": [
            r"[Ww]e are still waiting for you\.?(?: Request {R}\.)?",
            r"We are waiting for you\. We still need what we asked you for\.",
            r"{O} waits for something from you\. It has not told us what it is\. Please ask\.",
            r"Please look at your page: we need something from you\.",
            r"Please read on your page what we need from you\.",
        ],
        "stood": r"This is how it stood when {O} last reported, on {D}:",
        "mistake": r"[Ww]e told you something wrong(?: about your request(?: {R})?)?\.?" + _SORRY,
        "told_before": r"On {D} we told you: “(?P<words>[^”]+)”",
        "record_changed": [
            r"The office has changed its record, so this may not be true any more\.(?: We are sorry\.)?",
            r"[Pp]lease do not rely on (?:what we told you|it until the office confirms it)(?: before)?\.?",
            r"Do not rely on what we told you before\.",
            r"[Ww]e told you how your request(?: {R})? ended\.",
            r"That may not be true any more\.",
            r"Please do not rely on it\.",
            r"We told you that the request yours was joined to had ended\.",
        ],
        "survivor_ended": [
            r"[Yy]our request(?: {R})? was joined to another one\. That one has now ended\.",
            r"your request {R} was joined to another one\. (?:(?P<survivor>[0-9A-Z-]{14}) has|It has) now ended\.",
            r"The request that it was joined to has the reference (?P<survivor>[0-9A-Z-]{14})\. It has ended\.",
            r"the request that yours was joined to has ended",
            r"On {D} we told you something else about it\.",
        ],
        "survivor_outcome": r"(?P<words>The office has done what it needed to do|The answer was no|It was withdrawn)\.",
        "holds_no_more": r"That does not hold any more\.",
        "limit_passed": [
            r"The law set a limit for your request: {D}\. That day has passed\.(?: We are sorry\.)?",
            r"[Tt]he limit (?:that the law set|set by law)(?: for your request)?(?: {R})? has passed\.?" + _SORRY,
        ],
        "ended_withdrawn": r"[Yy]our request(?: {R})? was withdrawn\.?",
        "ended_merged": r"[Yy]our request(?: {R})? goes on under another one(?:: (?P<survivor>[0-9A-Z-]{14}))?\.?",
        "ended": r"[Yy]our request(?: {R})? is finished\.?",
        "decided": r"we have decided about your request {R}\.",
        "survivor_goes_on": r"We go on with the request that has the reference (?P<survivor>[0-9A-Z-]{14})\.",
        "question": [r"[Hh]ow was it for you\?(?: https://\S+)?", r"Answer one question:", r"a question for you: \S+"],
        "late_news": r"This is news of {D}\. We are sorry that we tell you only now\.",
        "note": r"From the office: (?P<note>[^\n]+)",
        "reference": [r"Your reference: {R}", r"Your reference is {R}\.", r"Reference {R}\."],
        "service": r"Request: (?P<service>[^\n]+)",
        "due": r"Please do it by {D}\.",
        "item": r"- (?P<item>[^–\n]+?) – by {D}(?=\n|$)",
        "item_late": r"- (?P<item>[^–\n]+?) – The last day was {D}\. Please do it now\.",
        "item_open": r"- (?P<item>[^–\n]+)(?=\n|$)",
        "item_more": [
            r"You sent this before\. We need it again\.",
            r"Why we need it: [^\n]+",
            r"How and where: [^\n]+",
            r"If you do not do it: [^\n]+",
        ],
        "nothing": [r"Nothing right now\.", r"You do not need to do anything\."],
        "nothing_more": [r"Nothing more\.", r"Nothing, if you agree with it\."],
        "office_date": [
            r"{O} expects to finish by {D}\. It is not certain\. We will tell you if it changes\.",
            r"The office expects to finish by {D}\.",
        ],
        "expects": [
            r"We expect to finish by {D}\. It is not certain\.(?: We will tell you if it changes\.)?",
            r"We expect to finish by {D}(?: \(\d+ in \d+\))?\.",
        ],
        "share": [
            r"\d+ in \d+ requests (?:like yours|at this office) are finished by then\.",
            r"In the last year \d+ in 100 requests for this service were finished by the first date that we gave\.",
        ],
        "depends": [
            r"We can only finish after that\.",
            r"The date depends on when we have what we asked you for\. Then we tell you the date\.",
        ],
        "depends_other": r"It depends on somebody outside our office\.",
        "half": r"Half are finished by {D}\.",
        "office_says": [r"{O} itself says: by {D}\.", r"{O} itself said: by {D}\. That day has passed\."],
        "expected": r"We expected to finish by {D}\. That day has passed\.",
        "sooner": r"It is going well\. It will probably be finished well before {D}\.",
        "next_word": [
            r"We will write to you by {D}, even if nothing has changed\.",
            r"Next news by {D}\.",
        ],
        "appeal_by": [r"The last day for this is {D}\.", r"You can ask for another look until {D}\."],
        "frame": [
            r"We write again only if something changes\.",
            r"You do not need to send it again\.",
            r"Please (?:do it now|read it (?:soon|on your page(?: soon)?:?)|look at your page)\.?",
            r"Have you just done all of it\? Thank you\. Then you need to do nothing more\.",
            r"Is it hard for you\? Tell us\. We can help\.",
            r"Your request is still open\.",
            r"If you have already acted on it, or have questions, ask the office\. You find it under “Help” below\.",
            r"It says what is new and what comes next, whether you need to do something, by when it will be finished, "
            r"and what you can do if you do not agree\.",
            r"(?:how was it for you\? Your page has|we have) one question (?:for you )?about your request {R}\."
            r"(?: You do not have to answer\.)?",
            r"Here is what is true now\.",
            r"We have one question (?:about your request|for you)\.[^\n]+",
            r"There is still something to read about your request\.?(?: {R}\.)?",
            r"there is still something to read about your request(?: {R})?\.?",
            r"WHAT YOU NEED TO DO|WHAT HAPPENS NEXT|WHEN IT WILL BE FINISHED|WHEN YOU WILL HEAR|SEE IT ALL|HELP",
            r"IF YOU ARE NOT HAPPY WITH THIS|IF YOU THINK THIS IS WRONG",
            r"https://\S+",
            r"You need your reference and one detail about you\.",
            r"We never ask for your password, your PIN or your bank card in a message\.",
            r"To stop e-mails about this:",
            r"Ask {O}, and tell them your reference\.",
            r"Your page says how to reach them\.",
            r"More and help: track\.example\.org",
            r"Your page says what(?: we need| is true| you can do)?\.",
            r"Please ask us what(?: we need)?\.",
            r"(?:You can r|R)ead more on your page\.",
            r"Reply STOP for no more texts\.",
            r"To stop: \S+",
            r"{O}(?=\n|$)",
        ],
    }
)
"""What stands in a message, its subject and its text."""
