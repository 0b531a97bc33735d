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

  async start() {
    const log = join(this.place.dir, 'serve.log');
    const [program, args, options] = this.place.invocation(
      ['serve', '--bind', `127.0.0.1:${this.port}`],
      this.place.settings,
    );
    const out = openSync(log, 'a');
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', out] });
    closeSync(out);
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
