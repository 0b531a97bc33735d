// A client that @hey-api/openapi-ts made of the document: compiled with every strictness there is,
// and used for a journey from the order to the trash.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Studio } from '../lib/studio.mjs';

// Where the peer's packages are, so that what is generated finds its types.
const home = join(process.env.PEERS, 'openapi-typescript');
const here = join(home, 'journey');

async function run(program, ...args) {
  try {
    return (await promisify(execFile)(program, args, { cwd: here })).stdout;
  } catch (error) {
    throw new Error(`${program}: ${error.stdout}${error.stderr}`);
  }
}
const tool = (name) => join(home, 'node_modules', '.bin', name);

test('a generated client makes the whole journey', async (t) => {
  const studio = new Studio();
  const key = await studio.member('ada@example.com', 10);
  await studio.start();
  t.after(() => studio.stop());

  rmSync(here, { recursive: true, force: true });
  mkdirSync(here);
  writeFileSync(join(here, 'package.json'), '{ "type": "module" }');
  copyFileSync(new URL('journey.ts', import.meta.url), join(here, 'journey.ts'));
  const config = {
    input: `${studio.url}/api/openapi.json`,
    output: { path: 'client', importFileExtension: '.js' },
    plugins: ['@hey-api/client-fetch'],
  };
  writeFileSync(join(here, 'openapi-ts.config.mjs'), `export default ${JSON.stringify(config)};`);
  await run(tool('openapi-ts'), '--silent');
  await run(
    tool('tsc'), '--strict', '--noUncheckedIndexedAccess', '--target', 'es2022', '--module', 'nodenext',
    '--lib', 'es2023,dom,dom.iterable', '--types', 'node', '--outDir', 'built', 'journey.ts',
  );
  assert.match(await run(process.execPath, 'built/journey.js', studio.url, key), /the journey is made/);
});
