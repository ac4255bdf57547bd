"""Words that nobody may choose as a referral code: names that would mislead, and words that offend.

A short list catches what is most common. What it misses, staff retire; what it refuses wrongly, they name otherwise.
"""

_AS_READ = str.maketrans("OIL", "011")
_LOOK_ALIKES = str.maketrans("3457", "EAST")


def _read(words: str) -> frozenset[str]:
    return frozenset(word.translate(_AS_READ) for word in words.split())


RESERVED = _read(
    "ADMIN ADMINISTRATOR API CONTACT GRAPEVINE HELP HELPDESK LOGIN MODERATOR NONE NULL OFFICIAL PASSWORD PAYMENT"
    " REFUND ROOT SECURITY STAFF SUPPORT SYSTEM TEST UNDEFINED"
)
OFFENSIVE = _read(
    "ANAL ANUS ARSEHOLE ASSHOLE BASTARD BITCH BOLLOCK COCAINE COCKSUCK CUNT DICKHEAD DILDO FAGGOT FUCK HEILHITLER"
    " HITLER JIZZ KIKE MOTHERF NAZI NIGGA NIGGER PENIS PORN PUSSY RAPIST RETARD SHIT SLUT TWAT VAGINA WANKER WHORE"
)


def may_be_chosen(code: str) -> bool:
    """Whether somebody may choose this code.

    :param code: as it is stored.
    """
    readings = {code, code.translate(_LOOK_ALIKES)}
    return not readings & RESERVED and not any(word in reading for reading in readings for word in OFFENSIVE)
