// A door before the server that can be shut, wholly or for the event stream alone, and that counts
// what went through the stream.
import { once } from 'node:events';
import http from 'node:http';

export class Gate {
  /** What is shut: 'nothing', 'events' or 'everything'. */
  shut = 'nothing';
  /** Every time a stream was opened, and the id it asked to go on from. */
  streams = [];
  /** Every event that reached the browser: { id, event, data }. */
  events = [];
  #open = new Set();

  static async open(target) {
    const gate = new Gate();
    gate.target = new URL(target);
    gate.server = http.createServer((request, response) => gate.#pass(request, response));
    gate.server.listen(0, '127.0.0.1');
    await once(gate.server, 'listening');
    gate.url = `http://127.0.0.1:${gate.server.address().port}`;
    return gate;
  }

  /** Shuts and cuts what is under way. */
  cut(what) {
    this.shut = what;
    for (const [response, isStream] of this.#open) {
      if (isStream || what === 'everything') response.destroy();
    }
  }

  mend() {
    this.shut = 'nothing';
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }

  #pass(request, response) {
    const isStream = request.url.split('?')[0] === '/events';
    if (this.shut === 'everything' || (isStream && this.shut === 'events')) {
      request.socket.destroy();
      return;
    }
    const entry = [response, isStream];
    this.#open.add(entry);
    response.on('close', () => this.#open.delete(entry));
    const { hostname, port } = this.target;
    const { method, url: path, headers } = request;
    const onward = http.request({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      response.flushHeaders();
      if (isStream) this.#read(request, answer);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }

  #read(request, answer) {
    const query = new URL(request.url, this.url).searchParams;
    const stream = { after: request.headers['last-event-id'] ?? query.get('after') ?? null };
    this.streams.push(stream);
    let text = '';
    answer.setEncoding('utf8').on('data', (piece) => {
      const frames = (text + piece).replaceAll('\r\n', '\n').split('\n\n');
      text = frames.pop();
      for (const frame of frames) {
        const event = { stream };
        for (const line of frame.split('\n')) {
          const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
          if (name) event[name] = value;
        }
        if (event.event || event.data) this.events.push(event);
      }
    });
  }
}
