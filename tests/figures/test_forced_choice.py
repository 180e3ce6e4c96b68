"""The readers' page: one file, nothing fetched, no word of which image is which."""

import base64
import json
import re

from isocenter.figures.forced_choice import ShownPair, forced_choice_page

PAGE = forced_choice_page([ShownPair(pair="pair_001", left=b"one", right=b"two")], commitment="abc123")


def test_it_holds_the_pictures_in_their_places_and_the_commitment():
    data = json.loads(re.search(r'<script type="application/json" id="set">(.*?)</script>', PAGE, re.S).group(1))
    assert data["commitment"] == "abc123"
    assert set(data["pairs"][0]) == {"pair", "left", "right"}
    assert base64.b64decode(data["pairs"][0]["left"].split(",")[1]) == b"one"


def test_nothing_is_fetched_from_anywhere():
    assert "default-src &#x27;none&#x27;" in PAGE
    assert not re.search(r"https?://", PAGE)


def test_every_element_the_script_asks_for_is_there():
    ids = set(re.findall(r'id="([a-z-]+)"', PAGE))
    asked = set(re.findall(r'at\("([a-z-]+)"\)', PAGE)) - {"choose-"}
    assert asked <= ids
    assert {"opening", "pair", "closing", "choose-left", "choose-right"} <= ids
