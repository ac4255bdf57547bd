"""People who refer themselves, families, and rings, drawn from a seed.

Nothing here knows how the product looks at them: the generator says only how such people write their addresses, what
they share, and what they do.
"""

import random
from dataclasses import dataclass, replace

FIRST = """
    Anna Ben Clara David Emma Felix Greta Hugo Ida Jonas Klara Leon Mia Noah Olivia Paul Rosa Simon
    Tilda Viktor Wanda Yusuf Zoe Amir Bianca Cem Dunja Elif Farid Gabor Hanna Ivo Jelena Kofi Lena Milan
    Nadia Oskar Petra Ravi
""".split()  # noqa: SIM905 (so many names are read more easily as text)
LAST = """
    Schmidt Okafor Nguyen Rossi Kowalski Andersen Haddad Silva Novak Tanaka Moreau Ivanov Kaya Lindqvist
    Costa Weber Adeyemi Popescu Murphy Horvat Fischer Yamada Dubois Petrov Demir Larsen Mensah Walsh
    Jovanovic Keller
""".split()  # noqa: SIM905 (so many names are read more easily as text)
SITES = ("gmail.com", "outlook.com", "example.com", "proton.me", "icloud.com", "fastmail.com")
BROWSERS = tuple(f"Mozilla/5.0 ({system}) {engine}/{version}" for system in ("iPhone", "Android 15", "Windows NT 10.0")
                 for engine in ("Safari", "Chrome") for version in range(110, 130))  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody as the merchant's shop tells of them."""

    id: str
    name: str
    email: str
    phone: str
    card: str
    device: str
    address: str
    browser: str


class Town:
    """Where they live; the same seed makes the same people."""

    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.count = 0

    def person(self, **known):
        self.count += 1
        first, last = self.draw.choice(FIRST), known.pop("last", None) or self.draw.choice(LAST)
        address = f"{first}.{last}{self.draw.randrange(10, 100)}".lower()
        made = Person(
            id=f"person-{self.count}",
            name=f"{first} {last}",
            email=f"{address}@{self.draw.choice(SITES)}",
            phone=f"+49{self.draw.randrange(10**9, 10**10)}",
            card=self._token("card"),
            device=self._token("device"),
            address=f"192.0.2.{self.count % 250}/{self.count}",
            browser=self.draw.choice(BROWSERS),
        )
        return replace(made, **known)

    def _token(self, what):
        return f"{what}-{self.draw.getrandbits(64):016x}"

    # People who come a second time under another name.

    def exact_selves(self, one):
        """What is copied as it is, or written differently without being different."""
        return [
            self.person(email=one.email),
            self.person(email=one.email.upper()),
            self.person(email=one.email.title()),
            self.person(phone=one.phone),
            self.person(card=one.card),
            self.person(email=one.email, phone=one.phone, card=one.card, name=one.name),
        ]

    def aliases(self, one):
        """Other spellings of an address that lead to the same person's mailbox, and other marks of one person."""
        name, _, site = one.email.partition("@")
        plain = name.replace(".", "")
        gmail = self.person(email=f"{name}@gmail.com", name=one.name, device=one.device)
        word = self.draw.choice(("shop", "meals", "x1", "promo", "free+food"))
        position = self.draw.randrange(1, len(plain) - 1)
        return [
            (one, self.person(email=f"{name}+{word}@{site}")),
            (gmail, self.person(email=f"{plain}@gmail.com")),
            (gmail, self.person(email=f"{plain[:position]}.{plain[position:]}@gmail.com")),
            (gmail, self.person(email=f"{name}@googlemail.com")),
            (gmail, self.person(email=f"{plain.upper()}+{word}@GoogleMail.com")),
            (one, self.person(name=one.name, device=one.device)),
            (one, self.person(name=one.name, address=one.address, browser=one.browser)),
            (
                one,
                self.person(name=one.name, email=f"{name}1@{'outlook.com' if site != 'outlook.com' else 'gmx.de'}"),
            ),
            (one, self.person(email=f"{plain}@mailinator.com")),
        ]

    def household(self):
        """Two of a family at one address: most have one surname, some one browser, a tablet, or (rarely) one name."""
        one = self.person()
        last = one.name.split()[1] if self.draw.random() < 0.8 else None
        other = self.person(last=last, address=one.address)
        while other.name.split()[0] == one.name.split()[0] and self.draw.random() < 0.9:
            other = self.person(last=last, address=one.address)
        if self.draw.random() < 0.4:
            other = replace(other, browser=one.browser)
        if self.draw.random() < 0.15:
            other = replace(other, device=one.device)
        return one, other
