// Lets the pictures of a page that does not change come up.
import { sharpen } from './sharpen.js';

sharpen();
