// Stripe's own command line drives our Stripe fake. It knows every parameter of the current API:
// what it sends here is what Stripe would get.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { installed, start } from '../lib/simulator.mjs';

const run = promisify(execFile);
const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
const at = installed('stripe-cli').resolve(`@stripe/cli-${process.platform}-${arch}/package.json`);
const binary = join(dirname(at), 'bin', 'stripe');
const home = mkdtempSync(join(tmpdir(), 'stripe-cli-'));
const fake = await start('stripe_fake', '0', 'sk_test_51ABCDEFGHIJKLMNOPQRSTUV');
after(fake.stop);
const { api, key } = fake.says;

/** What it prints, as JSON. */
async function stripe(...args) {
  const env = { PATH: process.env.PATH, HOME: home, STRIPE_API_KEY: key, STRIPE_CLI_TELEMETRY_OPTOUT: '1' };
  const { stdout } = await run(binary, [...args, '--api-base', api], { env });
  return JSON.parse(stdout);
}

test('a product, a price, a customer and a purchase', async () => {
  const product = await stripe('products', 'create', '--name', '500 credits');
  const price = await stripe('prices', 'create', '--unit-amount', '1999', '--currency', 'usd',
    '--product', product.id, '--lookup-key', 'pack_cli');
  assert.deepEqual([price.unit_amount, price.lookup_key], [1999, 'pack_cli']);
  const customer = await stripe('customers', 'create', '--email', 'ada@example.com');
  const create = ['checkout', 'sessions', 'create', '--mode', 'payment', '--customer', customer.id,
    '--success-url', 'http://127.0.0.1/ok?id={CHECKOUT_SESSION_ID}', '--client-reference-id', 'order-1',
    '-d', `line_items[0][price]=${price.id}`, '-d', 'line_items[0][quantity]=1',
    '-d', 'metadata[order]=order-1', '-i', 'checkout:order-1', '-v', '2026-09-30.endive'];
  const opened = await stripe(...create);
  assert.deepEqual([opened.status, opened.amount_total], ['open', 1999]);
  assert.equal(opened.success_url, 'http://127.0.0.1/ok?id={CHECKOUT_SESSION_ID}');
  assert.equal((await stripe(...create)).id, opened.id, 'the same key');
  const other = await stripe(...create.with(create.indexOf('order-1'), 'order-2'));
  assert.equal(other.error.type, 'idempotency_error');
  await fetch(`${api}/control/sessions/${opened.id}/pay`, { method: 'POST' });
  const paid = await stripe('checkout', 'sessions', 'retrieve', opened.id);
  assert.equal(paid.payment_status, 'paid');
  const refund = await stripe('refunds', 'create', '--payment-intent', paid.payment_intent, '--amount', '500');
  assert.equal(refund.status, 'succeeded');
  const events = await stripe('events', 'list', '--limit', '3');
  assert.deepEqual(events.data.map(({ type }) => type).slice(0, 2), ['charge.refunded', 'refund.created']);
});

test('plain requests, and refusals in their shape', async () => {
  const made = await stripe('post', '/v1/customers', '-d', 'email=grace@example.com');
  assert.equal((await stripe('get', `/v1/customers/${made.id}`)).email, 'grace@example.com');
  const unknown = await stripe('post', '/v1/customers', '-d', 'bogus=1');
  assert.deepEqual([unknown.error.code, unknown.error.param], ['parameter_unknown', 'bogus']);
  const missing = await stripe('get', '/v1/prices/price_none');
  assert.equal(missing.error.code, 'resource_missing');
  assert.equal((await stripe('delete', `/v1/customers/${made.id}`, '--confirm')).deleted, true);
});

test('an endpoint as the studio registers its own', async () => {
  const made = await stripe('webhook_endpoints', 'create', '--url', 'http://127.0.0.1:9/webhooks/stripe',
    '--enabled-events', 'checkout.session.completed', '--api-version', '2026-09-30.endive');
  assert.match(made.secret, /^whsec_/);
  const [listed] = (await stripe('webhook_endpoints', 'list')).data;
  assert.deepEqual([listed.id, listed.api_version, listed.secret], [made.id, '2026-09-30.endive', undefined]);
});
