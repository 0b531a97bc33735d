// The studio page with comforts: a composer that reckons, and pictures that come up by themselves.
import { compose } from './compose.js';
import { live } from './live.js';
import { sharpen } from './sharpen.js';

sharpen();
compose();
live();
