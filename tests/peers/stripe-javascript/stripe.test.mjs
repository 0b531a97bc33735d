// Stripe's own JavaScript client drives our Stripe fake, and signs for our verifier.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { receive } from '../lib/receiver.mjs';
import { installed, start } from '../lib/simulator.mjs';

const Stripe = installed('stripe-javascript')('stripe');
const fake = await start('stripe_fake', '0');
after(fake.stop);
const { api, key } = fake.says;
const { hostname, port } = new URL(api);

const clientOf = (key, maxNetworkRetries = 0) =>
  new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries, telemetry: false });
const stripe = clientOf(key);

async function control(path, body = '') {
  const answer = await fetch(`${api}/control/${path}`, { method: 'POST', body });
  assert.equal(answer.status, 200, `${path}: ${await answer.clone().text()}`);
  return answer.json();
}

/** The error a promise ends with. */
const refused = (promise) =>
  promise.then(() => assert.fail('it was not refused'), (error) => error);

async function session(more) {
  const customer = await stripe.customers.create({ email: 'ada@example.com' });
  const product = await stripe.products.create({ name: '500 credits' });
  const price = await stripe.prices.create({ currency: 'usd', unit_amount: 1999, product: product.id });
  return stripe.checkout.sessions.create({
    mode: 'payment', customer: customer.id, client_reference_id: 'order-1',
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: 'http://127.0.0.1/ok?id={CHECKOUT_SESSION_ID}', cancel_url: 'http://127.0.0.1/no',
    ...more,
  });
}

describe('objects', () => {
  test('customers, products and prices', async () => {
    const customer = await stripe.customers.create({ email: 'ada@example.com', metadata: { account: 'a' } });
    assert.deepEqual(customer.metadata, { account: 'a' });
    const cleared = await stripe.customers.update(customer.id, { metadata: '' });
    assert.deepEqual(cleared.metadata, {});
    const product = await stripe.products.create({ id: 'safelight_pack_js', name: '500 credits' });
    assert.equal((await stripe.products.retrieve('safelight_pack_js')).name, '500 credits');
    const price = await stripe.prices.create({
      currency: 'usd', unit_amount: 1999, product: product.id, lookup_key: 'pack_js',
    });
    const { data } = await stripe.prices.list({ lookup_keys: ['pack_js', 'other'], active: true });
    assert.deepEqual(data.map(({ id }) => id), [price.id]);
    assert.equal((await stripe.products.update(product.id, { active: false })).active, false);
    const error = await refused(stripe.products.create({ id: 'safelight_pack_js', name: 'x' }));
    assert.equal(error.code, 'resource_already_exists');
  });

  test('lists are walked page by page', async () => {
    for (const n of [1, 2, 3, 4, 5]) await stripe.products.create({ name: `product ${n}` });
    const names = [];
    for await (const product of stripe.products.list({ limit: 2 })) names.push(product.name);
    assert.deepEqual(names.slice(0, 5), [5, 4, 3, 2, 1].map((n) => `product ${n}`));
  });
});

describe('checkout', () => {
  test('a buyer pays on the page and comes back', async () => {
    const opened = await session({ payment_intent_data: { metadata: { order: 'order-1' } } });
    assert.deepEqual([opened.status, opened.payment_status, opened.livemode], ['open', 'unpaid', false]);
    const page = await (await fetch(opened.url)).text();
    assert.match(page, /<button>Pay by card<\/button>/);
    const declined = await fetch(`${opened.url}/decline`, { method: 'POST' });
    assert.match(await declined.text(), /Your card was declined/);
    const paid = await fetch(`${opened.url}/pay`, { method: 'POST', redirect: 'manual' });
    assert.deepEqual([paid.status, paid.headers.get('location')], [303, `http://127.0.0.1/ok?id=${opened.id}`]);
    const again = await fetch(`${opened.url}/pay`, { method: 'POST', redirect: 'manual' });
    assert.equal(again.status, 409, 'once');
    const done = await stripe.checkout.sessions.retrieve(opened.id, { expand: ['payment_intent.latest_charge'] });
    assert.deepEqual([done.status, done.payment_status], ['complete', 'paid']);
    const charge = done.payment_intent.latest_charge;
    assert.deepEqual([charge.amount_captured, charge.metadata], [1999, { order: 'order-1' }]);
    assert.match(await (await fetch(charge.receipt_url)).text(), /ch_/);
  });

  test('money goes back, and a refund that fails does not count', async () => {
    const opened = await session();
    await control(`sessions/${opened.id}/pay`);
    const { payment_intent } = await stripe.checkout.sessions.retrieve(opened.id);
    const refund = await stripe.refunds.create({ payment_intent, amount: 700 });
    const too = await refused(stripe.refunds.create({ payment_intent, amount: 1300 }));
    assert.equal(too.type, 'StripeInvalidRequestError');
    const charge = async () => (await stripe.charges.list({ payment_intent })).data[0];
    assert.equal((await charge()).amount_refunded, 700);
    await control(`refunds/${refund.id}/fail`);
    assert.equal((await charge()).amount_refunded, 0);
    assert.equal((await stripe.refunds.retrieve(refund.id)).status, 'failed');
    await control(`payments/${payment_intent}/dispute`);
    assert.equal((await charge()).disputed, true);
  });
});

describe('idempotency', () => {
  test('the same key replays, and only the same request', async () => {
    const options = { idempotencyKey: 'customer:js' };
    const one = await stripe.customers.create({ email: 'a@example.com', name: 'A' }, options);
    const two = await stripe.customers.create({ name: 'A', email: 'a@example.com' }, options);
    assert.equal(two.id, one.id, 'order means nothing');
    assert.equal(two.lastResponse.headers['idempotent-replayed'], 'true');
    assert.equal(two.lastResponse.headers['original-request'], one.lastResponse.requestId);
    const error = await refused(stripe.customers.create({ email: 'b@example.com' }, options));
    assert.ok(error instanceof Stripe.errors.StripeIdempotencyError);
  });

  test('a lost answer is fetched again, not done again', async () => {
    await control('trouble', 'next[]=hang_up_after');
    await clientOf(key, 2).customers.create({ email: 'lost@example.com' });
    assert.equal((await stripe.customers.list({ email: 'lost@example.com' })).data.length, 1);
    await control('trouble', 'next[]=broken_after');
    const broken = await refused(
      stripe.customers.create({ email: 'broken@example.com' }, { idempotencyKey: 'broken' }));
    assert.ok(broken instanceof Stripe.errors.StripeAPIError);
    const again = await refused(
      stripe.customers.create({ email: 'broken@example.com' }, { idempotencyKey: 'broken' }));
    assert.equal(again.statusCode, 500, 'what was answered is kept, a failure too');
  });

  test('the API can be down', async () => {
    await control('down', 'is=true');
    const error = await refused(stripe.customers.list());
    assert.ok(error instanceof Stripe.errors.StripeConnectionError);
    await control('down', 'is=false');
    await stripe.customers.list();
  });
});

describe('pushes', () => {
  test('ours hold for its verifier, and come again until they are taken', async () => {
    const receiver = await receive(500, 500);
    after(receiver.stop);
    const { id, secret } = await control('listen', `url=${receiver.url}/hook`);
    const made = await stripe.customers.create({ email: 'pushed@example.com' });
    const bodies = [];
    for (const _ of [1, 2, 3]) {
      const { headers, body } = await receiver.take();
      const event = stripe.webhooks.constructEvent(body, headers['stripe-signature'], secret);
      assert.deepEqual([event.type, event.data.object.id], ['customer.created', made.id]);
      assert.throws(() => stripe.webhooks.constructEvent(`${body} `, headers['stripe-signature'], secret));
      bodies.push(String(body));
    }
    assert.equal(new Set(bodies).size, 1);
    await stripe.webhookEndpoints.del(id);
  });

  test('its own hold for our verifier, classic and thin', async () => {
    const secret = 'whsec_peer_secret';
    const ours = await start('stripe_receiver', secret);
    after(ours.stop);
    const post = async (payload, header) => {
      const answer = await fetch(ours.says.url, {
        method: 'POST', body: payload, headers: { 'stripe-signature': header },
      });
      return [answer.status, await answer.json()];
    };
    const sign = (payload, more) => stripe.webhooks.generateTestHeaderString({ payload, secret, ...more });
    const classic = JSON.stringify({
      id: 'evt_2', object: 'event', type: 'charge.refunded', created: 1, livemode: false,
      data: { object: { id: 'ch_1', object: 'charge', payment_intent: 'pi_1', customer: 'cus_1' } },
    });
    const [status, notice] = await post(classic, sign(classic));
    assert.deepEqual([status, notice.topic, notice.object], [200, 'payment', 'pi_1']);
    const thin = JSON.stringify({
      id: 'evt_test_3', object: 'v2.core.event', type: 'v1.checkout.session.completed',
      created: '2026-01-01T00:00:03.000Z', livemode: false, snapshot_event: 'evt_3',
      related_object: { id: 'cs_1', type: 'checkout.session', url: '/v1/checkout/sessions/cs_1' },
    });
    const [, read] = await post(thin, sign(thin));
    assert.deepEqual([read.id, read.type, read.object], ['evt_3', 'checkout.session.completed', 'cs_1']);
    const old = Math.floor(Date.now() / 1000) - 301;
    assert.equal((await post(classic, sign(classic, { timestamp: old })))[0], 400);
    assert.equal((await post(classic, sign(classic, { secret: 'whsec_other' })))[0], 400);
    assert.equal((await post(thin, sign(classic)))[0], 400);
  });
});
