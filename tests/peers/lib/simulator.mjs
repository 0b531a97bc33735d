// Programs of ours that print their addresses as one line of JSON and serve until they are ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What `run` installed for a peer: `await installed('fal-javascript')('@fal-ai/client')`. */
export const installed = (peer) => createRequire(join(process.env.PEERS, peer, 'package.json'));

/** Starts `name`; `says` is what it printed. */
export async function start(name, ...args) {
  const child = spawn(join(process.env.PEERS, 'bin', name), args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('exit', () => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => { throw new Error(`${name} ended with ${code}`); }),
  ]);
  return { says: JSON.parse(line), stop: () => child.kill('SIGKILL') };
}
