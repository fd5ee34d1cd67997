"""The HTML page in a browser: it stands alone, can be read at any width, by keyboard and by a screen reader."""

import html
import json
import re
import shutil
import subprocess
from itertools import pairwise

import pytest

from mande.report import render_html
from tests.report.conftest import steady_forms
from tests.report.test_own_look import EXAMPLE

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (apt-get install chromium)")

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
WATCH = """<script>
const asked = [];
document.addEventListener("securitypolicyviolation", (e) => asked.push(e.blockedURI));
</script>
<title>"""
FRAME = """<iframe src="page.html" style="border:0;width:{}px;height:900px"></iframe><script>
addEventListener("message", (e) => {{ const told = document.createElement("pre");
  told.id = "told"; told.textContent = e.data; document.body.append(told); }});
</script>"""
LOOK = """<script>
const all = (selector) => [...document.querySelectorAll(selector)];
const named = (e) => e.getAttribute("aria-label") || e.textContent.trim();
const first = all("a[href], button, input, [tabindex]")[0];
first.focus();
const skip = first.getBoundingClientRect();
const focused = all("a[href]").map((e) => { e.focus(); const s = getComputedStyle(e);
  return [named(e), document.activeElement === e, s.outlineStyle, parseFloat(s.outlineWidth)]; });
document.activeElement.blur();
const told = {
  asked, width: innerWidth, wide: document.documentElement.scrollWidth,
  lang: document.documentElement.lang, title: document.title,
  headings: all("h1, h2, h3, h4").map((e) => Number(e.tagName[1])),
  landmarks: all("main, nav, header").map((e) => e.tagName),
  outside: all("body > *").map((e) => e.tagName + "." + e.className)
    .filter((e, i) => !document.body.children[i].matches("main, nav, header, [role=complementary], .skip, script")),
  unnamed: all("nav, [role=complementary]").filter((e) => !e.getAttribute("aria-label")).length,
  heads: all("th").filter((e) => !e.scope).map((e) => e.textContent),
  headless: all("table").filter((e) => !e.querySelector("th[scope=col]") && !e.querySelector("th[scope=row]")).length,
  drawings: all("svg").map((e) => e.getAttribute("role") + ": " + (e.querySelector("title")?.textContent ?? "")),
  pictures: all("img").map((e) => e.alt),
  links: all("a[href]").filter((e) => !e.hash || !document.getElementById(e.hash.slice(1))).length,
  focused, skip: [first.className, skip.left >= 0 && skip.width > 0],
  scheme: getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).colorScheme,
};
const scrolled = (e) => e && (getComputedStyle(e).overflowX === "auto" || scrolled(e.parentElement));
told.cut = all("body *").filter((e) => getComputedStyle(e).overflowX === "auto" && e.scrollWidth > e.clientWidth)
  .map((e) => e.textContent.trim().slice(0, 30));
told.beyond = all("body *").filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !scrolled(e))
  .map((e) => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 30));
setTimeout(() => parent.postMessage(JSON.stringify(told), "*"), 100);
</script></body>"""
"""Run in the page once it is there; what it finds goes to the page around it, which the browser prints."""


def seen(page: str, folder, *, width: int) -> dict:
    """What a browser makes of the page in a frame of that width, and what it complained of.

    The page forbids scripts and fetching itself; for these tests alone it lets their script run.
    """
    assert page.count(POLICY) == 1
    page = page.replace(POLICY, f"{POLICY}; script-src 'unsafe-inline'").replace("<title>", WATCH, 1)
    (folder / "page.html").write_text(page.replace("</body>", LOOK), encoding="utf-8")
    (folder / "frame.html").write_text(FRAME.format(width), encoding="utf-8")
    done = subprocess.run(
        [
            *(
                str(CHROMIUM),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                f"--user-data-dir={folder / 'profile'}",
            ),
            *("--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1300,1000"),
            *("--virtual-time-budget=3000", "--dump-dom", (folder / "frame.html").as_uri()),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    told = re.search(r'<pre id="told">(.*?)</pre>', done.stdout, flags=re.DOTALL)
    assert told, done.stderr[-2000:]
    complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(html.unescape(told[1])) | {"complaints": complaints}


@pytest.fixture(scope="module", params=["ministry", "brief", "technical", "own"])
def told(request, small, tmp_path_factory) -> dict:
    template = EXAMPLE if request.param == "own" else request.param
    return seen(render_html(small, template=template), tmp_path_factory.mktemp("browser"), width=1200)


def test_it_asks_nobody_for_anything_and_complains_of_nothing(told):
    assert told["asked"] == []
    assert told["complaints"] == []


def test_a_screen_reader_finds_its_way(told):
    assert told["lang"] == "en"
    assert told["title"] == "A test"
    assert told["landmarks"].count("MAIN") == 1
    assert told["outside"] == []
    assert told["unnamed"] == 0
    assert told["headings"].count(1) == 1
    assert told["headings"][0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(told["headings"]))


def test_every_table_says_what_its_heads_head_and_every_drawing_what_it_shows(told):
    assert told["heads"] == []
    assert told["headless"] == 0
    assert all(re.match(r"img: .{8}", drawing) for drawing in told["drawings"])
    assert all(told["pictures"])


def test_the_keyboard_reaches_every_link_and_shows_where_it_is(told):
    assert told["skip"] == ["skip", True]
    assert told["links"] == 0
    for words, reached, outline, width in told["focused"]:
        assert (reached, outline != "none", width >= 1) == (True, True, True), words


def test_it_is_plain_in_a_dark_room_too(told):
    assert told["scheme"] in ("rgba(0, 0, 0, 0)normal", "rgb(255, 255, 255)light", "rgba(0, 0, 0, 0)light")


@pytest.mark.parametrize("template", ["ministry", "technical"])
@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_no_table_is_cut_where_there_is_room_beside_it(tashkent, tmp_path, template, language):
    """On a telephone a table scrolls sideways; on a desk nobody looks for the columns that are not there."""
    page = render_html(tashkent, template=template, language=language)
    assert seen(page, tmp_path, width=1200)["cut"] == []


@pytest.mark.parametrize("template", ["ministry", "brief"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_nothing_is_wider_than_a_telephone(small, tmp_path, template, language):
    page = render_html(small, template=template, language=language)
    told = seen(page, tmp_path, width=360)
    assert told["width"] == 360
    assert told["cut"]
    assert told["beyond"] == []
    assert told["wide"] <= 360


def test_a_page_with_a_fault_is_found_out(evaluation_of, tmp_path):
    """What these tests look for is there to be seen: an address, a head without a scope, a drawing without words."""
    page = render_html(evaluation_of(steady_forms(20)), template="brief")
    fault = (
        '<h4>x</h4><table><tr><th>x</th></tr></table><svg></svg><img src="http://127.0.0.1:9/x.png"><a href="#no">y</a>'
    )
    told = seen(page.replace("</main>", fault + "</main>"), tmp_path, width=1200)
    assert told["asked"] == ["http://127.0.0.1:9/x.png"]
    assert told["complaints"]
    assert told["heads"] == ["x"]
    assert told["links"] == 1
    assert told["drawings"][-1] == "null: "
    assert not all(told["pictures"])
