"""The sentences that may stand on the page of a case, by what they claim: written down from the outside."""

from __future__ import annotations

from tests.soak.lives.reading import patterns
from tests.soak.lives.sentences import ARRIVED, RELEASED, WHY

PAGE = patterns(
    {
        "silent": r"The last news from {O} came (?:at {T} on |on )?{D}\. Nothing has come since\. "
        r"So this page cannot say what has happened after that\. We go on looking\. "
        r"If you need to know now, please ask the office\.",
        "heard": r"The last news from {O} came (?:at {T} on |on )?{D}\.",
        "waits": [
            r"We are waiting for you\.",
            r"We need something from you\.",
            r"When we last heard, the office was waiting for you\.",
            r"{O} waits for something from you\. It has not told us what it is\.",
        ],
        "waits_other": [
            r"When we last heard, the office was waiting for (?:the fire service|somebody outside)\.",
            r"We are waiting for the fire service\.",
            r"We are waiting for somebody outside our office\.",
        ],
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
        "released_headline": [r"We do not need anything more from you now\.?"],
        "released_meaning": RELEASED,
        "arrived_headline": r"We have what we asked you for\.?",
        "arrived_meaning": ARRIVED,
        "since": r"This began (?:at {T} )?on {D}\.",
        "ended_on": r"It ended (?:at {T} )?on {D}\.",
        "ended_done": r"Your request is finished\. We have done what we needed to do\.",
        "ended_refused": r"Your request is finished\. The answer was no\.",
        "ended_withdrawn": r"Your request was withdrawn\. Nobody is working on it any more\.",
        "ended_merged": r"Your request was joined to another one\. "
        r"(?:We go on with that one|That one has ended(?:\. The office has done what it needed to do|"
        r"\. The answer was no|\. It was withdrawn)?)\."
        r"(?: Its reference: (?P<survivor>[0-9A-Z-]{14}))?",
        "told_before": r"On {D} we told you: “(?P<words>[^”]+)”",
        "record_changed": [
            r"The office has changed its record, so this may not be true any more\. We are sorry\. "
            r"Please do not rely on it until the office confirms it\. "
            r"If you have already acted on it, ask us what to do\.",
            r"If you have questions, please ask us\.",
        ],
        "holds_no_more": r"That does not hold any more\.",
        "end_in_doubt": r"The office reports an end with a date that cannot be right\. We have asked\.",
        "count": r"We need (?:this|(?P<count>\d+) things) from you:",
        "by": r"By {D}$",
        "last_day": r"The last day was {D}\. Please do it now\.",
        "open_day": r"As soon as you can",
        "item_more": [
            r"You sent this before\. We need it again\.",
            r"Why we need it: .+",
            r"How and where: .+",
            r"If you do not do it: .+",
            r"Have you done all of it already\? Thank you\. Then you need to do nothing more\.",
        ],
        "nothing": [
            r"Nothing right now\.",
            r"Nothing that we know of\.",
            r"We know of nothing that we need from you\.",
        ],
        "nothing_more": [r"Nothing more\.", r"Nothing, if you agree with it\."],
        "ask_us": r"Please ask them\.",
        "appeal_way": r"If you think this is wrong, you can ask for it to be looked at again\.",
        "appeal_by": [r"The last day for this is {D}\."],
        "appeal_over": r"You could ask for it to be looked at again until {D}\. That day has passed\.",
        "ask_what": r"Do you still think that it is wrong\? Please ask us what you can do now\.",
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
            r"In the last year \d+ in 100 requests for this service were finished by the first date that we gave\.",
        ],
        "half": r"Half are finished by {D}\.",
        "late": r"Later than (?:planned|we said|we expected)\.(?: We are sorry\.)?",
        "broken_theirs": r"{O} expected to finish by {D}\. That day has passed\.",
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
        "why": WHY,
        "office_says": [r"{O} itself (?:said|says): by {D}\.(?: That day has passed\.)?"],
        "sooner": r"It is going well\. It will probably be finished well before {D}\.",
        "may_move": r"Each day that we wait(?: for you)? makes this date one day later\.",
        "next_word": [
            r"We will write to you by {D}, even if nothing has changed\.",
            r"We may not be able to write to you about this request\. Please look at this page again by {D}\. "
            r"It shows what is new as soon as we know it\.",
        ],
        "law": [
            r"The limit set by law is {D}\.",
            r"The limit set by law was {D}\. That day has passed\. We are sorry\.",
            r"The limit set by law is {D}, plus the days that we wait for you now\.",
        ],
        "past_limit": r"The date that we expect is later\. We are sorry\.",
        "frame": [
            r"If you are not happy with this",
            r"How we know",
            r"See how often our dates come true",
            r"When we gave this date, too few requests of this kind were finished to learn from\.",
            r"So it is the time that the service usually takes\.",
            r"We have not finished many requests of this kind yet\. So we looked at .+",
            r"We looked at \d+ requests? that (?:was|were) finished in the two years before .+",
            r"If you would like us to write to you, please ask us\.",
            r"The letter about our answer says how you can have it looked at again, and until when\.",
        ],
        "no_first": r"We gave you no date\.",
        "counts_no_more": r"No date counts any more\.",
        "first_given": r"(?:{O} had set|We had said) {D}\.",
        "first_of": r"This was the first date that (?:we gave you|{O} set)\.",
        "first_moved": [r"It was moved to {D}\.", r"It was taken back\."],
        "first_waited": r"We added the days on which we had to wait\.",
        "in_time": r"We finished in time\.",
        "too_late": r"We finished on {D}: (?P<count>\d+) days? after this date\. We are sorry\.",
        "not_later": r"We finished on {D}\. That is (?:before the first date|the first date itself)\.",
        "waited_past": r"We finished on {D}\. That is after this date\. We do not count it as late, "
        r"because on some days we had to wait and could not go on\.",
        "old_date": r"Old date: {D}\.[^\n]*",
        "date_now": r"The date now: {D}\.",
    }
)
"""What stands on the page of a case, and in what the desk reads out of it."""
