// The real binary as a server on 127.0.0.1, with a data folder of its own.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const binary = join(process.env.PEERS, 'bin', 'safelight');

async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  return port;
}

export class Studio {
  dir = mkdtempSync(join(tmpdir(), 'safelight-peer-'));

  constructor(config = '[painter]\nseconds = [0.01, 0.05]\n') {
    writeFileSync(join(this.dir, 'safelight.toml'), config);
    // Nothing here comes from outside but the path to programs.
    this.options = { cwd: this.dir, env: { PATH: process.env.PATH, HOME: this.dir } };
  }

  arguments = (args) => [...args, '--data-dir', join(this.dir, 'data'), '--config', join(this.dir, 'safelight.toml')];

  /** What a command that must succeed prints. */
  async run(...args) {
    const { stdout } = await promisify(execFile)(binary, this.arguments(args), this.options);
    return stdout.trim();
  }

  /** An account with credits, and a key for everything. */
  async member(email, credits) {
    await this.run('users', 'create', email);
    await this.run('credits', 'grant', email, String(credits), '--reason', 'a test');
    const scopes = ['generate', 'library', 'consume'].flatMap((scope) => ['--scope', scope]);
    return this.run('keys', 'create', email, ...scopes);
  }

  async start() {
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    const log = join(this.dir, 'serve.log');
    const out = openSync(log, 'a');
    const serve = this.arguments(['serve', '--bind', `127.0.0.1:${port}`]);
    this.child = spawn(binary, serve, { ...this.options, stdio: ['ignore', out, out] });
    process.on('exit', () => this.child.kill('SIGKILL'));
    while (!(await fetch(`${this.url}/readyz`).catch(() => null))?.ok) {
      if (this.child.exitCode !== null) throw new Error(readFileSync(log, 'utf8'));
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
  }

  async stop() {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
    rmSync(this.dir, { recursive: true, force: true });
  }
}
