"""The image, built for real and looked into."""

import pytest

from tests.docker.building import CANARY
from tests.docker.conftest import Image

pytestmark = pytest.mark.live
MOST_BYTES = 700_000_000


def test_the_image_runs_as_a_user_with_a_fixed_id_and_few_places_to_write(image: Image) -> None:
    assert image.facts["Config"]["User"] == "10001:10001"
    assert image.found["user"].split() == ["10001", "10001"]
    assert image.found["writable"].split() == ["/var/lib/yunwang"]


def test_the_image_holds_no_builder(image: Image) -> None:
    assert image.found["builders"] == ""
    assert image.found["installers"] == "none"


def test_the_image_holds_what_a_play_needs(image: Image) -> None:
    assert image.found["ansible"].startswith("ansible-playbook [core 2.")
    assert "OpenSSH" in image.found["ansible"]


def test_what_was_lent_to_the_builder_is_nowhere_in_the_image(image: Image) -> None:
    told = f"{image.history}\n{image.facts}"

    assert image.found["lent"] == ""
    assert CANARY not in told
    assert "://" not in image.history
    assert "BEGIN" not in told


def test_the_image_is_slim(image: Image) -> None:
    size = image.facts["Size"]
    print(f"image: {size / 1e6:.0f} MB, built in {image.seconds:.0f} s on {image.found['python']}")

    assert size < MOST_BYTES
