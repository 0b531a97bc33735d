// A data folder with a configuration, and the commands an operator runs on it.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { peers } from './peers.mjs';

const binary = process.env.SAFELIGHT_BIN ?? join(peers, 'safelight');

/** Nothing here comes from outside but the path to programs. */
const environment = { PATH: process.env.PATH, HOME: tmpdir(), METRICS_BIND: 'off' };

const usual = `
[limits]
requests_per_minute = 1000000
`;

/** A mail address, a key, a token: nothing of the kind stands in a log. */
const secrets = /[^\s"'=<>]+@[\w-]+\.[\w.]+|sl_live_\w+|\b[0-9A-Za-z]{40,}\b/g;

export class Place {
  /** A fresh folder; `painter` is how long pictures take, in seconds; `bare` without a configuration. */
  constructor({ painter = [0.2, 0.6], config = '', bare = false } = {}) {
    this.dir = mkdtempSync(join(tmpdir(), 'safelight-browser-'));
    if (bare) return;
    const pace = `[painter]\nseconds = [${painter.map((s) => s.toFixed(2)).join(', ')}]\n`;
    writeFileSync(join(this.dir, 'safelight.toml'), config + usual + pace);
  }

  /** How to run `safelight ARGS` on this folder. */
  invocation(args, settings = {}) {
    const where = ['--data-dir', join(this.dir, 'data'), '--config', join(this.dir, 'safelight.toml')];
    return [binary, [...args, ...where], { cwd: this.dir, env: { ...environment, ...settings } }];
  }

  /** What a command that must succeed prints. */
  async run(...args) {
    const { stdout } = await promisify(execFile)(...this.invocation(args, this.settings));
    return stdout.trim();
  }

  /** An account with so many credits. */
  async account(email, credits = 0) {
    await this.run('users', 'create', email);
    if (credits > 0) await this.grant(email, credits);
  }

  grant(email, credits) {
    return this.run('credits', 'grant', email, String(credits), '--reason', 'a test');
  }

  /** A key for everything. */
  key(email) {
    const scopes = ['generate', 'library', 'consume'].flatMap((scope) => ['--scope', scope]);
    return this.run('keys', 'create', email, ...scopes);
  }

  /** The whole books, checked; they hold after every journey. */
  async audit() {
    const report = JSON.parse(await this.run('doctor', '--deep', '--json'));
    if (!report.ok) throw new Error(`the books do not hold: ${JSON.stringify(report, null, 2)}`);
  }

  /** Whatever a journey is about, no server of it may have logged what is somebody's secret. */
  keptQuiet() {
    const log = join(this.dir, 'serve.log');
    const told = existsSync(log) ? readFileSync(log, 'utf8').match(secrets) : null;
    if (told) throw new Error(`a secret was logged: ${told.join(' ')}`);
  }

  remove() {
    this.keptQuiet();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
