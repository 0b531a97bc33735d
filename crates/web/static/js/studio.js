// The studio's page, put together from its behaviours.
import { compose } from './compose.js';
import { live } from './live.js';
import { prompts } from './prompts.js';
import { reach } from './reach.js';
import { sharpen } from './sharpen.js';

sharpen();
compose();
prompts();
reach();
live();
