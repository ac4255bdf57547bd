"""A person with a browser."""

from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
GRAVE = ("serious", "critical")


class Visitor:
    """A person with a browser of a size and a colour scheme, and cookies of their own.

    What the browser complains about (scripts that break, files that are missing, what the security policy
    refuses) is gathered in `complaints`.
    """

    def __init__(self, chromium, address, *, size=PHONE, scheme="light", javascript=True):
        self.address = address
        self.complaints = []
        self._context = chromium.new_context(
            viewport=size, color_scheme=scheme, java_script_enabled=javascript, reduced_motion="reduce", locale="en-US"
        )
        self.page = self._context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._context.close()

    def open(self, path):
        """Go to a page of ours."""
        self.page.goto(f"{self.address}{path}")
        return self.page

    def sign_in(self, email, password, at="/accounts/login/"):
        """Sign in by the form, to which a page that asks for it leads."""
        self.open(at)
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.locator("main").get_by_role("button", name="Sign in").click()

    def forget_cookies(self):
        """Be somebody who has never been here."""
        self._context.clear_cookies()

    def barriers(self):
        """What keeps people out of the page that is open: serious and critical findings of axe, in words."""
        # Loading style sheets once more (for one rule, of pages that are turned) breaks the page's own security policy.
        found = Axe().run(self.page, options={"preload": False}).response["violations"]
        return [
            f"{self.page.url} {finding['id']}: {finding['nodes'][0]['html']}"
            for finding in found
            if finding["impact"] in GRAVE
        ]

    def overflows(self):
        """Whether the page must be moved sideways to be read."""
        return self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")

    def _hear(self, message):
        if message.type == "error":
            self.complaints.append(f"{self.page.url}: {message.text}")
