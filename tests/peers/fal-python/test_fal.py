"""fal's own Python client drives our fal simulator, and finds what it expects of fal.

The client takes https hosts only, and reads them when it is imported: hence `setUpModule`."""

import asyncio
import base64
import hashlib
import io
import json
import os
import unittest

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from PIL import Image
from receiver import Receiver
from simulator import Program
from tls_front import TlsFront

KEY = "id:secret"
SCHNELL = "fal-ai/flux/schnell"


def setUpModule():
    global front, simulator, fal_client, httpx, client
    front = TlsFront()
    simulator = Program("fal_simulator", "0", KEY, "120", f"https://{front.host}")
    unittest.addModuleCleanup(simulator.__exit__)
    unittest.addModuleCleanup(front.stop)
    # The addresses it names lead to the front; it listens where its key set is.
    front.serve(simulator.says["jwks"].removesuffix("/.well-known/jwks.json"))
    os.environ["FAL_QUEUE_RUN_HOST"] = front.host
    os.environ["SSL_CERT_FILE"] = front.ca
    import fal_client
    import httpx

    client = fal_client.SyncClient(key=KEY)


def ask(prompt, **more):
    return {"prompt": prompt, "image_size": "square", "seed": 7, **more}


def finish(handle):
    return list(handle.iter_events(with_logs=True, interval=0.02))


class Queue(unittest.TestCase):
    def test_a_request_goes_through_its_states(self):
        handle = client.submit(SCHNELL, ask("a red fox [late 400]"))
        self.assertTrue(handle.status_url.startswith(f"https://{front.host}/fal-ai/flux/requests/"))
        events = finish(handle)
        self.assertIsInstance(events[-1], fal_client.Completed)
        self.assertTrue(any(isinstance(event, fal_client.InProgress) for event in events))
        self.assertGreater(events[-1].metrics["inference_time"], 0)
        self.assertEqual(
            {"message", "level", "source", "timestamp"}, set(events[-1].logs[0])
        )
        self.assertIsNone(handle.status().logs, "logs only for who asks")
        result = handle.get()
        self.assertEqual((1, 7, [False]), (
            len(result["images"]), result["seed"], result["has_nsfw_concepts"]
        ))

    def test_more_than_two_wait_their_turn(self):
        handles = [client.submit(SCHNELL, ask(f"fox {n} [late 500]")) for n in range(5)]
        last = handles[-1].status()
        self.assertIsInstance(last, fal_client.Queued)
        self.assertGreater(last.position, 0)
        for handle in handles:
            self.assertEqual(1, len(handle.get()["images"]))

    def test_subscribe_tells_and_delivers(self):
        told = []
        ids = []
        result = client.subscribe(
            SCHNELL, ask("a red fox", num_images=4), with_logs=True,
            on_enqueue=ids.append, on_queue_update=told.append,
        )
        self.assertEqual(4, len(result["images"]))
        self.assertIsInstance(told[-1], fal_client.Completed)
        self.assertEqual(result, client.result(SCHNELL, ids[0]), "by its id as well")
        self.assertIsInstance(client.status(SCHNELL, ids[0]), fal_client.Completed)

    def test_the_asynchronous_client_too(self):
        async def subscribe():
            return await fal_client.AsyncClient(key=KEY).subscribe(SCHNELL, ask("a red fox"))

        self.assertEqual(1, len(asyncio.run(subscribe())["images"]))

    def test_seeds_use_the_whole_range(self):
        request = {"prompt": "a red fox", "image_size": "square"}
        self.assertGreater(client.subscribe(SCHNELL, request)["seed"], 2**63)

    def test_what_waits_can_be_cancelled_and_what_is_over_cannot(self):
        handle = client.submit(SCHNELL, ask("a red fox [stuck]"))
        self.assertIsInstance(handle.status(), fal_client.Queued)
        handle.cancel()
        self.assertIsInstance(finish(handle)[-1], fal_client.Completed, "there is no other end")
        with self.assertRaises(fal_client.FalClientHTTPError) as caught:
            handle.get()
        self.assertEqual((499, "client_cancelled"), (
            caught.exception.status_code, caught.exception.error_type
        ))
        with self.assertRaises(fal_client.FalClientHTTPError) as caught:
            handle.cancel()
        self.assertEqual(400, caught.exception.status_code)

    def test_most_models_ignore_a_cancel(self):
        handle = client.submit(SCHNELL, ask("a red fox [late 500]"))
        while not isinstance(handle.status(), fal_client.InProgress):
            pass
        handle.cancel()
        self.assertEqual(1, len(handle.get()["images"]))


class Errors(unittest.TestCase):
    def refused(self, act):
        with self.assertRaises(fal_client.FalClientHTTPError) as caught:
            act()
        return caught.exception

    def test_a_body_the_model_does_not_like_shows_at_the_result(self):
        handle = client.submit(SCHNELL, ask("a red fox", num_images=5))
        status = finish(handle)[-1]
        self.assertEqual((None, None), (status.error, status.error_type))
        error = self.refused(handle.get)
        self.assertEqual(422, error.status_code)
        self.assertEqual(["body", "num_images"], error.message[0]["loc"])
        self.assertEqual("less_than_equal", error.message[0]["type"])

    def test_a_policy_violation(self):
        error = self.refused(client.submit(SCHNELL, ask("fox [error policy]")).get)
        self.assertEqual((422, "content_policy_violation"), (
            error.status_code, error.message[0]["type"]
        ))

    def test_fals_own_failures_have_a_type_and_show_in_the_status(self):
        handle = client.submit(SCHNELL, ask("fox [error internal500]"))
        status = finish(handle)[-1]
        self.assertEqual(("Internal error", "internal_error"), (status.error, status.error_type))
        error = self.refused(handle.get)
        self.assertEqual((500, "internal_error"), (error.status_code, error.error_type))

    def test_a_start_that_took_too_long(self):
        handle = client.submit(SCHNELL, ask("fox [stuck]"), start_timeout=1.1)
        status = finish(handle)[-1]
        self.assertEqual("request_timeout", status.error_type)
        error = self.refused(handle.get)
        self.assertEqual((504, "request_timeout"), (error.status_code, error.error_type))

    def test_strangers_and_strange_names(self):
        stranger = fal_client.SyncClient(key="id:guess")
        error = self.refused(lambda: stranger.submit(SCHNELL, ask("a red fox")))
        self.assertEqual(401, error.status_code)
        error = self.refused(lambda: client.submit("fal-ai/flux-nope", ask("a red fox")))
        self.assertEqual(404, error.status_code)
        error = self.refused(lambda: client.status(SCHNELL, "764cabcf-0000-4b3e-ae38-0000000000ff"))
        self.assertEqual(404, error.status_code)
        error = self.refused(lambda: client.submit(SCHNELL, ask("fox [answer locked]")))
        self.assertEqual(403, error.status_code)
        self.assertIn("Exhausted balance", error.message)

    def test_too_early_for_a_result(self):
        handle = client.submit(SCHNELL, ask("a red fox [stuck]"))
        response = httpx.get(handle.response_url, headers={"authorization": f"Key {KEY}"})
        self.assertEqual(400, response.status_code)
        handle.cancel()


class Media(unittest.TestCase):
    def test_pictures_are_public_and_of_the_size_asked_for(self):
        images = client.subscribe(SCHNELL, ask("a red fox", num_images=2))["images"]
        for image in images:
            self.assertEqual("image/jpeg", httpx.get(image["url"]).headers["content-type"])
            self.assertEqual((512, 512), (image["width"], image["height"]))
            self.assertEqual((512, 512), picture(image).size)
        self.assertNotEqual(*(picture(image).tobytes() for image in images))

    def test_a_filtered_picture_is_black_and_flagged(self):
        result = client.subscribe(SCHNELL, ask("a red fox [nsfw 2]", num_images=4))
        self.assertEqual([False, False, True, False], result["has_nsfw_concepts"])
        brightest = [max(high for _, high in picture(image).getextrema()) for image in result["images"]]
        self.assertEqual([False, False, True, False], [high == 0 for high in brightest])


class Pushes(unittest.TestCase):
    def pushed(self, prompt, *statuses, endpoint=SCHNELL, times=1):
        with Receiver(*statuses) as receiver:
            url = f"{receiver.url}/hook?job=1&t=2"
            handle = client.submit(endpoint, ask(prompt), webhook_url=url)
            return handle, [receiver.take() for _ in range(times)]

    def test_a_push_is_signed_over_its_raw_body(self):
        handle, [(path, headers, body)] = self.pushed("a red fox")
        self.assertEqual("/hook?job=1&t=2", path)
        self.assertIn(b'": ', body, "as Python writes JSON: who writes it anew breaks the hash")
        push = json.loads(body)
        self.assertEqual((handle.request_id, "OK", None), (
            push["request_id"], push["status"], push["error"]
        ))
        self.assertEqual(handle.get(), push["payload"])
        self.assertEqual(handle.request_id, headers["X-Fal-Webhook-Request-Id"])
        verify(headers, body)
        with self.assertRaises(BadSignatureError):
            verify(headers, body.replace(b'"OK"', b'"ok"'))
        with self.assertRaises(BadSignatureError):
            verify({**headers, "X-Fal-Webhook-User-Id": "somebody"}, body)

    def test_a_failure_is_pushed_as_the_result_tells_it(self):
        handle, [(_, headers, body)] = self.pushed("a red fox [error policy]")
        verify(headers, body)
        push = json.loads(body)
        self.assertEqual(("ERROR", "Invalid status code: 422"), (push["status"], push["error"]))
        self.assertEqual("content_policy_violation", push["payload"]["detail"][0]["type"])

    def test_what_is_not_taken_is_pushed_again_with_the_same_body(self):
        _, pushes = self.pushed("a red fox", 500, 503, times=3)
        self.assertEqual(1, len({body for _, _, body in pushes}))
        for _, headers, body in pushes:
            verify(headers, body)

    def test_a_forged_push_is_told_from_a_real_one(self):
        _, [(_, headers, body)] = self.pushed("a red fox [push forged]")
        with self.assertRaises(BadSignatureError):
            verify(headers, body)

    def test_a_push_may_come_without_its_result(self):
        handle, [(_, headers, body)] = self.pushed("a red fox [push null]")
        verify(headers, body)
        push = json.loads(body)
        self.assertIsNone(push["payload"])
        self.assertIn("not JSON serializable", push["payload_error"])
        self.assertEqual(1, len(handle.get()["images"]), "the result is there to be asked for")


def verify(headers, body):
    """As fal documents it (docs: webhooks), with somebody else's Ed25519."""
    names = ("Request-Id", "User-Id", "Timestamp")
    told = [headers[f"X-Fal-Webhook-{name}"] for name in names]
    message = "\n".join([*told, hashlib.sha256(body).hexdigest()]).encode()
    signature = bytes.fromhex(headers["X-Fal-Webhook-Signature"])
    keys = httpx.get(simulator.says["jwks"]).json()["keys"]
    for key in keys:
        assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
        VerifyKey(unpadded(key["x"])).verify(message, signature)


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def picture(image):
    """Downloaded without a key, and decoded."""
    return Image.open(io.BytesIO(httpx.get(image["url"]).raise_for_status().content))
