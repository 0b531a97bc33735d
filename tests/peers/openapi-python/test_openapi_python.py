"""A client that openapi-python-client made of the document does what a user would: asks for two
pictures, waits, lists, likes, files and trashes them."""

import importlib
import os
import subprocess
import sys
import tempfile
import time
import unittest

from studio import Studio


class Journey(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.studio = Studio()
        cls.addClassCleanup(cls.studio.folder.cleanup)
        cls.key = cls.studio.member("ada@example.com", 10)
        cls.studio.__enter__()
        cls.addClassCleanup(cls.studio.stop)
        made = tempfile.TemporaryDirectory()
        cls.addClassCleanup(made.cleanup)
        beside = os.path.dirname(sys.executable)
        subprocess.run(
            [
                os.path.join(beside, "openapi-python-client"), "generate", "--fail-on-warning",
                "--config", os.path.join(os.path.dirname(__file__), "client.yml"),
                "--url", f"{cls.studio.url}/api/openapi.json", "--meta", "none",
                "--output-path", os.path.join(made.name, "safelight_api"),
            ],
            check=True, env={**os.environ, "PATH": beside + os.pathsep + os.environ["PATH"]},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        sys.path.insert(0, made.name)

    def call(self, group, name, *arguments, **named):
        module = importlib.import_module(f"safelight_api.api.{group}.{name}")
        answer = module.sync_detailed(*arguments, client=self.client, **named)
        self.assertLess(answer.status_code, 400, answer.content)
        return answer.parsed

    def test_two_pictures_from_the_order_to_the_trash(self):
        api = importlib.import_module("safelight_api")
        models = importlib.import_module("safelight_api.models")
        self.client = api.AuthenticatedClient(base_url=self.studio.url, token=self.key)

        self.assertIn("flux-schnell", [m.slug for m in self.call("models", "list_models").data.items])
        order = models.GenerationBody(prompt="a red fox", count=2, seed="7")
        made = self.call("generations", "create_generation", body=order, idempotency_key="once")
        again = self.call("generations", "create_generation", body=order, idempotency_key="once")
        self.assertEqual(made.data.id, again.data.id, "the same key is the same request")
        self.assertEqual(8, made.credits_left)
        state = "running"
        while state == "running":
            time.sleep(0.05)
            state = str(self.call("generations", "get_generation", made.data.id).data.state)
        self.assertEqual("stored", state)

        folder = self.call("folders", "create_folder", body=models.NewFolderBody(name="Foxes"))
        images = self.call("images", "list_images").data.items
        self.assertEqual(["8", "7"], sorted((i.seed for i in images), reverse=True))
        for image in images:
            change = models.ImageBody(liked=True, folder_id=folder.data.id)
            self.assertTrue(self.call("images", "update_image", image.id, body=change).data.liked)
        filed = self.call("images", "list_images", liked=True, folder_id=folder.data.id)
        self.assertEqual(2, len(filed.data.items))
        square = self.call("images", "list_images", ratio=models.ListImagesRatio.SQUARE)
        self.assertEqual(2, len(square.data.items))
        clean = self.call("images", "download_image", images[0].id, variant=models.DownloadImageVariant.CLEAN)
        self.assertTrue(clean.payload.read(2) == b"\xff\xd8", "a JPEG")
        self.call("images", "trash_image", images[0].id)
        self.assertEqual(1, len(self.call("images", "list_images").data.items))
        self.assertEqual(1, len(self.call("images", "list_images", trashed=True).data.items))

        refused = importlib.import_module("safelight_api.api.generations.create_generation")
        poor = models.GenerationBody(prompt="a red fox", count=4)
        for _ in range(2):
            self.call("generations", "create_generation", body=poor)
        problem = refused.sync_detailed(client=self.client, body=poor)
        self.assertEqual((402, "/problems/insufficient-credits"), (problem.status_code, problem.parsed.type_))


if __name__ == "__main__":
    unittest.main()
