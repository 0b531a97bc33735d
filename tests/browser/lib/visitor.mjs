// Somebody at a browser of their own, watched by a witness.
import assert from 'node:assert/strict';
import { Witness } from './witness.mjs';

export class Visitor {
  /** Opens a browser window of whoever runs the studio, which has followed the link the server printed; with `stranger`, of anybody
   * else. `script: false` turns JavaScript off. */
  static async arrive(studio, { script = true, theme = 'light', width = 1280, height = 860, calm = false, stranger = false } = {}) {
    const context = await studio.chromium.newContext({
      baseURL: studio.url,
      javaScriptEnabled: script,
      colorScheme: theme,
      reducedMotion: calm ? 'reduce' : 'no-preference',
      viewport: { width, height },
      locale: 'en-GB',
    });
    context.setDefaultTimeout(15_000);
    if (!stranger && studio.server) {
      const link = new URL(studio.server.devLink);
      const cookie = { name: 'dev', value: link.searchParams.get('dev'), domain: link.hostname, path: '/dev' };
      await context.addCookies([{ ...cookie, httpOnly: true, sameSite: 'Strict' }]);
    }
    const visitor = new Visitor();
    visitor.studio = studio;
    visitor.context = context;
    visitor.witness = new Witness(studio.url);
    await visitor.witness.watch(context);
    visitor.page = await context.newPage();
    return visitor;
  }

  /** Signs in by a link of the operator's. */
  async signIn(email) {
    const link = await this.studio.place.run('login-link', email);
    await this.page.goto(link);
    await this.page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await this.page.waitForURL('**/studio');
    this.email = email;
    return this;
  }

  /** Opens a page of ours and returns its status. */
  async go(path) {
    return (await this.page.goto(path)).status();
  }

  /** What the meter in the bar says. */
  get meter() {
    return this.page.getByRole('banner').getByRole('link', { name: /^[\d,]+ credits?$/ });
  }

  /** Asks a route as this browser would, without showing the answer. */
  request(method, path, options = {}) {
    return this.context.request.fetch(path, {
      method,
      maxRedirects: 0,
      headers: { 'sec-fetch-site': 'same-origin' },
      ...options,
    });
  }

  assertCalm() {
    assert.deepEqual(this.witness.seen, [], 'the browser had something to complain of');
  }
}
