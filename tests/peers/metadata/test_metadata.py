"""Pillow reads what our files say, and finds nothing of a person's in the ones for giving away."""

import json
import os
import subprocess
import tempfile
import unittest

from PIL import Image

BIN = os.path.join(os.environ["PEERS"], "bin")
KINDS = ["png", "jpg", "webp"]


def setUpModule():
    global folder, says
    kept = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(kept.cleanup)
    folder = kept.name
    says = json.loads(subprocess.check_output([os.path.join(BIN, "labelled"), folder]))


def opened(which, kind):
    image = Image.open(os.path.join(folder, f"{which}.{kind}"))
    image.load()
    return image


def parameters(image):
    if "parameters" in image.info:
        return image.info["parameters"]
    comment = image.getexif().get_ifd(0x8769).get(0x9286)
    if comment is None:
        return None
    assert comment[:8] == b"UNICODE\0"
    return comment[8:].decode("utf-16-be")


def described(image):
    """Every property of the packet, by its name without the namespace."""
    rdf = image.getxmp()["xmpmeta"]["RDF"]["Description"]
    return {name.rsplit("}", 1)[-1]: value for name, value in rdf.items()}


class Files(unittest.TestCase):
    def test_the_original_says_what_it_was_made_from(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.assertEqual(parameters(opened("original", kind)), says["parameters"])

    def test_both_say_that_a_machine_made_them(self):
        for kind in KINDS:
            for which in ["original", "clean"]:
                with self.subTest(f"{which} {kind}"):
                    told = described(opened(which, kind))
                    source = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
                    self.assertEqual(told["DigitalSourceType"], source)
                    self.assertEqual(told["AISystemUsed"], "flux-dev")
                    self.assertEqual(told["CreatorTool"], "Lamp & Co")

    def test_the_clean_one_says_nothing_else(self):
        for kind in KINDS:
            with self.subTest(kind):
                image = opened("clean", kind)
                self.assertIsNone(parameters(image))
                self.assertEqual(dict(image.getexif()), {})
                self.assertNotIn("heron", repr(image.info))

    def test_no_pixel_is_another(self):
        for kind in KINDS:
            plain = opened("plain", kind).convert("RGB").tobytes()
            for which in ["original", "clean"]:
                with self.subTest(f"{which} {kind}"):
                    self.assertEqual(opened(which, kind).convert("RGB").tobytes(), plain)


if __name__ == "__main__":
    unittest.main()
