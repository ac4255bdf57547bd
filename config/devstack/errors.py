"""What can go wrong in a way that a person can do something about."""


class CannotStart(Exception):
    """The launcher cannot do what it was asked; the message says why and what to do about it."""


class Stopped(BaseException):
    """Ctrl-C, or a polite kill. Not an Exception, so that no handler of errors swallows it.

    Attributes:
        number: the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
