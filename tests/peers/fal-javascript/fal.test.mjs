// fal's own JavaScript client drives our fal simulator, and finds what it expects of fal.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { receive } from '../lib/receiver.mjs';
import { installed, start } from '../lib/simulator.mjs';

const { ApiError, ValidationError, createFalClient } = installed('fal-javascript')('@fal-ai/client');

const SCHNELL = 'fal-ai/flux/schnell';
const simulator = await start('fal_simulator', '0', 'id:secret', '120');
after(simulator.stop);

/** A client whose addresses of fal's queue lead to the simulator; everything else is left alone. */
function clientOf(credentials) {
  return createFalClient({
    credentials,
    requestMiddleware: async (request) => ({
      ...request,
      url: request.url.replace(/^https:\/\/queue\.fal\.run/, simulator.says.queue),
    }),
  });
}

const fal = clientOf('id:secret');
const ask = (prompt, more) => ({ input: { prompt, image_size: 'square', seed: 7, ...more } });

/** Submits and polls until it is over. */
async function finished(prompt, more) {
  const { request_id: requestId } = await fal.queue.submit(SCHNELL, ask(prompt, more));
  const status = await fal.queue.subscribeToStatus(SCHNELL, { requestId, logs: true, pollInterval: 20 });
  return { requestId, status };
}

/** The error a promise ends with. */
async function refused(promise) {
  return promise.then(() => assert.fail('it was not refused'), (error) => error);
}

describe('the queue', () => {
  test('a request goes through its states', async () => {
    const seen = [];
    const { data, requestId } = await fal.subscribe(SCHNELL, {
      ...ask('a red fox [late 400]'), logs: true, pollInterval: 20,
      onQueueUpdate: (status) => seen.push(status),
    });
    const states = seen.map(({ status }) => status);
    assert.equal(states.at(-1), 'COMPLETED');
    assert.ok(states.includes('IN_PROGRESS'), states.join());
    const { logs, metrics } = seen.at(-1);
    assert.deepEqual(Object.keys(logs[0]).sort(), ['level', 'message', 'source', 'timestamp']);
    assert.ok(metrics.inference_time > 0);
    assert.deepEqual([data.images.length, data.seed, data.has_nsfw_concepts], [1, 7, [false]]);
    const again = await fal.queue.result(SCHNELL, { requestId });
    assert.deepEqual(again, { data, requestId }, 'it names itself in a header');
    assert.equal((await fal.queue.status(SCHNELL, { requestId })).logs, null);
  });

  test('more than two wait their turn', async () => {
    const prompts = [1, 2, 3, 4, 5].map((n) => ask(`fox ${n} [late 500]`));
    const ids = [];
    for (const prompt of prompts) ids.push((await fal.queue.submit(SCHNELL, prompt)).request_id);
    const last = await fal.queue.status(SCHNELL, { requestId: ids.at(-1) });
    assert.equal(last.status, 'IN_QUEUE');
    assert.ok(last.queue_position > 0);
    for (const requestId of ids) {
      await fal.queue.subscribeToStatus(SCHNELL, { requestId, pollInterval: 20 });
      assert.equal((await fal.queue.result(SCHNELL, { requestId })).data.images.length, 1);
    }
  });

  test('what waits can be cancelled and what is over cannot', async () => {
    const { request_id: requestId } = await fal.queue.submit(SCHNELL, ask('a red fox [stuck]'));
    await fal.queue.cancel(SCHNELL, { requestId });
    const { status } = await fal.queue.status(SCHNELL, { requestId });
    assert.equal(status, 'COMPLETED', 'there is no other end');
    const error = await refused(fal.queue.result(SCHNELL, { requestId }));
    assert.deepEqual([error.status, error.body.error_type], [499, 'client_cancelled']);
    const late = await refused(fal.queue.cancel(SCHNELL, { requestId }));
    assert.deepEqual([late.status, late.body.status], [400, 'ALREADY_COMPLETED']);
  });

  test('a client that gives up cancels', async () => {
    let id;
    const waits = fal.subscribe(SCHNELL, {
      ...ask('a red fox [stuck]'), timeout: 200, pollInterval: 20, onEnqueue: (name) => { id = name; },
    });
    assert.match((await refused(waits)).message, /timed out/);
    const status = await fal.queue.subscribeToStatus(SCHNELL, { requestId: id, pollInterval: 20 });
    assert.equal(status.status, 'COMPLETED');
  });
});

describe('errors', () => {
  test('a body the model does not like shows at the result', async () => {
    const { requestId, status } = await finished('a red fox', { num_images: 5 });
    assert.equal(status.status, 'COMPLETED');
    const error = await refused(fal.queue.result(SCHNELL, { requestId }));
    assert.ok(error instanceof ValidationError);
    assert.equal(error.requestId, requestId);
    assert.equal(error.getFieldErrors('num_images')[0].type, 'less_than_equal');
  });

  for (const [prompt, status, type] of [
    ['[error policy]', 422, 'content_policy_violation'],
    ['[error string422]', 422, 'value_error'],
    ['[error downstream400]', 400, 'downstream_service_error'],
    ['[error runner500]', 500, 'runner_server_error'],
  ]) {
    test(`${prompt} is ${status} ${type}`, async () => {
      const { requestId } = await finished(`a red fox ${prompt}`);
      const error = await refused(fal.queue.result(SCHNELL, { requestId }));
      assert.ok(error instanceof ApiError);
      assert.equal(error.status, status);
      const told = error.body.error_type ?? error.fieldErrors?.[0].type ?? error.body.detail[0].type;
      assert.equal(told, type);
    });
  }

  test('a start that took too long is the client\'s own deadline', async () => {
    const { request_id: requestId } = await fal.queue.submit(
      SCHNELL, { ...ask('a red fox [stuck]'), startTimeout: 1.1 },
    );
    const status = await fal.queue.subscribeToStatus(SCHNELL, { requestId, pollInterval: 20 });
    assert.equal(status.error_type, 'request_timeout');
    const error = await refused(fal.queue.result(SCHNELL, { requestId }));
    assert.equal(error.isUserTimeout, true);
  });

  test('strangers, strange names, and an empty purse', async () => {
    const stranger = await refused(clientOf('id:guess').queue.submit(SCHNELL, ask('a red fox')));
    assert.equal(stranger.status, 401);
    const nowhere = await refused(fal.queue.submit('fal-ai/flux-nope', ask('a red fox')));
    assert.equal(nowhere.status, 404);
    const requestId = '764cabcf-0000-4b3e-ae38-0000000000ff';
    const nothing = await refused(fal.queue.status(SCHNELL, { requestId }));
    assert.deepEqual([nothing.status, nothing.body.status], [404, 'NOT_FOUND']);
    const locked = await refused(fal.queue.submit(SCHNELL, ask('a red fox [answer locked]')));
    assert.equal(locked.status, 403);
    assert.match(locked.body.detail, /Exhausted balance/);
  });
});

describe('media', () => {
  test('four pictures, one of them filtered, all to be had without a key', async () => {
    const { data } = await fal.subscribe(SCHNELL, ask('a red fox [nsfw 2]', { num_images: 4 }));
    assert.deepEqual(data.has_nsfw_concepts, [false, false, true, false]);
    const bodies = await Promise.all(data.images.map(async ({ url, content_type: type }) => {
      const response = await fetch(url);
      assert.deepEqual([response.status, response.headers.get('content-type')], [200, type]);
      return Buffer.from(await response.arrayBuffer());
    }));
    for (const body of bodies) assert.equal(body.readUInt16BE(0), 0xffd8, 'a JPEG');
    assert.equal(new Set(bodies.map(String)).size, 4);
  });
});

describe('pushes', () => {
  async function pushed(prompt, times = 1, ...statuses) {
    const receiver = await receive(...statuses);
    try {
      const webhookUrl = `${receiver.url}/hook?job=1&t=2`;
      const { request_id: id } = await fal.queue.submit(SCHNELL, { ...ask(prompt), webhookUrl });
      const pushes = [];
      while (pushes.length < times) pushes.push(await receiver.take());
      return { id, pushes };
    } finally {
      receiver.stop();
    }
  }

  test('a push is signed over its raw body', async () => {
    const { id, pushes: [{ path, headers, body }] } = await pushed('a red fox');
    assert.equal(path, '/hook?job=1&t=2');
    assert.equal(await proven(headers, body), true);
    const push = JSON.parse(body);
    assert.deepEqual([push.request_id, push.status, push.error], [id, 'OK', null]);
    const { data } = await fal.queue.result(SCHNELL, { requestId: id });
    assert.deepEqual(push.payload, data);
    assert.equal(await proven(headers, Buffer.from(JSON.stringify(push))), false, 'written anew');
    const later = String(Number(headers['x-fal-webhook-timestamp']) + 1);
    assert.equal(await proven({ ...headers, 'x-fal-webhook-timestamp': later }, body), false);
  });

  test('a forged one is not', async () => {
    const { pushes: [{ headers, body }] } = await pushed('a red fox [push forged]');
    assert.equal(await proven(headers, body), false);
  });

  test('what is not taken comes again, the same', async () => {
    const { pushes } = await pushed('a red fox [error policy]', 3, 500, 503);
    assert.equal(new Set(pushes.map(({ body }) => String(body))).size, 1);
    for (const { headers, body } of pushes) assert.equal(await proven(headers, body), true);
    assert.equal(JSON.parse(pushes[0].body).status, 'ERROR');
  });
});

/** As fal documents it (docs: webhooks), with node's own Ed25519. */
async function proven(headers, body) {
  const told = ['request-id', 'user-id', 'timestamp'].map((name) => headers[`x-fal-webhook-${name}`]);
  const message = [...told, createHash('sha256').update(body).digest('hex')].join('\n');
  const signature = Buffer.from(headers['x-fal-webhook-signature'], 'hex');
  const { keys } = await (await fetch(simulator.says.jwks)).json();
  return keys.some((jwk) =>
    verify(null, Buffer.from(message), createPublicKey({ key: jwk, format: 'jwk' }), signature));
}
