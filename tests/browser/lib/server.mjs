// The real binary as a server on 127.0.0.1: started, killed, and started again at the same address.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { until } from './wait.mjs';

/** An address nobody listens at. */
export async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  return port;
}

export class Server {
  constructor(place, port) {
    this.place = place;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    process.on('exit', () => this.child?.kill('SIGKILL'));
  }

  get #printed() {
    return join(this.place.dir, 'serve.out');
  }

  /** The link it printed, which opens the pages of the local stand-ins. */
  get devLink() {
    const links = readFileSync(this.#printed, 'utf8').match(/http:\S+\/dev\/outbox\?dev=\w+/g);
    if (!links) throw new Error('the server printed no link');
    return links.at(-1);
  }

  async start() {
    const log = join(this.place.dir, 'serve.log');
    const [program, args, options] = this.place.invocation(
      ['serve', '--bind', `127.0.0.1:${this.port}`],
      this.place.settings,
    );
    const [out, told] = [openSync(this.#printed, 'a'), openSync(log, 'a')];
    const child = spawn(program, args, { ...options, stdio: ['ignore', out, told] });
    closeSync(out);
    closeSync(told);
    this.child = child;
    await until('the server is ready', async () => {
      if (child.exitCode !== null) throw new Error(`the server ended: ${readFileSync(log, 'utf8')}`);
      return (await fetch(`${this.url}/readyz`).catch(() => null))?.ok;
    });
  }

  /** Pulls the plug. */
  async kill() {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
