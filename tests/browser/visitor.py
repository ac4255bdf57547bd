"""A person with a browser."""

from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 568}
DESKTOP = {"width": 1280, "height": 900}
GRAVE = ("serious", "critical")
# Loading style sheets once more (for one rule, of pages that are turned) breaks the page's own security policy.
FINDINGS_ONLY = {"resultTypes": ["violations"], "preload": False}
COLOURS_ONLY = {**FINDINGS_ONLY, "runOnly": ["color-contrast"]}

TABS_MAX = 60
WHERE_THE_KEYBOARD_IS = """() => {
    const here = document.activeElement, words = here.labels?.[0] ?? here;
    const name = here.ariaLabel ?? words.innerText;
    return [name.trim(), getComputedStyle(here).outlineStyle !== "none"];
}"""
HOW_FAR_THINGS_MOVED = """() => new Promise(tell => {
    let far = 0;
    const watch = new PerformanceObserver(list => list.getEntries().forEach(entry => far += entry.value));
    watch.observe({type: "layout-shift", buffered: true});
    setTimeout(() => tell(far), 100);
})"""


class Visitor:
    """A person with a browser of a size and a colour scheme, and cookies of their own.

    What the browser complains about (scripts that break, files that are missing, what the security policy
    refuses) is gathered in `complaints`.
    """

    def __init__(self, chromium, address, *, size=PHONE, scheme="light", javascript=True, language="en-US"):
        self.address = address
        self.complaints = []
        self._context = chromium.new_context(
            viewport=size,
            color_scheme=scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce",
            locale=language,
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

    def weigh(self, path):
        """Open a page for the first time: how many bytes come over the wire, and how far things move meanwhile."""
        weights = []
        wire = self._context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda loaded: weights.append(loaded["encodedDataLength"]))
        self.open(path)
        self.page.wait_for_load_state("networkidle")
        return sum(weights), self.page.evaluate(HOW_FAR_THINGS_MOVED)

    def tab_to(self, label):
        """Go on from one thing to the next by the keyboard alone, each to be seen, until the one of this name."""
        for _ in range(TABS_MAX):
            self.page.keyboard.press("Tab")
            name, is_seen = self.page.evaluate(WHERE_THE_KEYBOARD_IS)
            assert is_seen, f"{self.page.url}: nobody sees that the keyboard is at {name}"
            if name == label:
                return
        raise AssertionError(f"{self.page.url}: no way to {label} by the keyboard")

    def forget_cookies(self):
        """Be somebody who has never been here."""
        self._context.clear_cookies()

    def come_as(self, client):
        """Be whoever is signed in in a browser of Django's."""
        for name, morsel in client.cookies.items():
            self._context.add_cookies([{"name": name, "value": morsel.value, "url": self.address}])

    def barriers_in_both_schemes(self):
        """What keeps people out of the page that is open, in the light or in the dark; they differ by their colours."""
        found = []
        for scheme, look in (("light", FINDINGS_ONLY), ("dark", COLOURS_ONLY)):
            self.page.emulate_media(color_scheme=scheme)
            found += [f"{scheme}: {barrier}" for barrier in self.barriers(look)]
        return found

    def barriers(self, look=FINDINGS_ONLY):
        """What keeps people out of the page that is open: serious and critical findings of axe, in words."""
        found = Axe().run(self.page, options=look).response["violations"]
        return [
            f"{self.page.url} {finding['id']}: {finding['nodes'][0]['html']}"
            for finding in found
            if finding["impact"] in GRAVE
        ]

    def overflows(self, size=None):
        """Whether the page must be moved sideways to be read, in a window of this size."""
        if size is not None:
            self.page.set_viewport_size(size)
        return self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")

    def _hear(self, message):
        if message.type == "error":
            self.complaints.append(f"{self.page.url}: {message.text}")
