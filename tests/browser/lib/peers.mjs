// The peers nobody here wrote, from where `run` installed them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const require = createRequire(new URL('.peers/browser/package.json', root));

export const repository = fileURLToPath(root);
export const peers = fileURLToPath(new URL('.peers/', root));
export const { chromium } = require('playwright-core');
export const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
