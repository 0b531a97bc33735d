// Sees everything a browser complains of or asks others for; a journey ends with nothing to tell.

const local = /^(data|blob|about):/;

export class Witness {
  /** What went wrong so far, in words. */
  seen = [];
  /** Acts whose failure the journey is about; see `during`. */
  #forgiven = null;

  constructor(origin) {
    this.origin = origin;
  }

  /** Watches every page of a context. */
  async watch(context) {
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        console.error(`CSP ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`);
      });
    });
    context.on('page', (page) => this.#page(page));
    context.on('request', (request) => this.#request(request));
    context.on('requestfailed', (request) => this.#failed(request));
    context.on('response', (response) => this.#response(response));
    context.on('weberror', (error) => this.tell(`script error: ${error.error()}`));
    context.on('console', (message) => this.#console(message));
  }

  /** Runs `act` while failures whose words match are what the journey wants to see. */
  async during(pattern, act) {
    this.#forgiven = pattern;
    try {
      return await act();
    } finally {
      this.#forgiven = null;
    }
  }

  tell(what) {
    if (!this.#forgiven?.test(what)) this.seen.push(what);
  }

  /** With scripts off nothing runs in the page; the browser's own issue list sees violations too. */
  async #page(page) {
    try {
      const session = await page.context().newCDPSession(page);
      session.on('Audits.issueAdded', ({ issue }) => {
        const told = issue.details.contentSecurityPolicyIssueDetails;
        if (told) this.tell(`CSP ${told.violatedDirective} ${told.blockedURL ?? 'inline'}`);
      });
      await session.send('Audits.enable');
    } catch (error) {
      if (!page.isClosed()) throw error;
    }
  }

  #request(request) {
    const url = request.url();
    if (!local.test(url) && new URL(url).origin !== this.origin) this.tell(`third party: ${url}`);
  }

  #failed(request) {
    const why = request.failure()?.errorText ?? '';
    // The browser gives up on what a page no longer needs when it goes elsewhere.
    if (why !== 'net::ERR_ABORTED') this.tell(`failed: ${request.url()} ${why}`);
  }

  /** A page may be a 404 or a 422; what a page is made of may not. */
  #response(response) {
    const request = response.request();
    if (response.status() >= 400 && request.resourceType() !== 'document') {
      this.tell(`answered ${response.status()}: ${request.method()} ${response.url()}`);
    }
  }

  #console(message) {
    const text = message.text();
    // These repeat what the two above have seen, without saying whether it was a page.
    if (text.startsWith('Failed to load resource')) return;
    if (['error', 'warning'].includes(message.type())) this.tell(`console ${message.type()}: ${text}`);
  }
}
