// Puts a message that came with the page away after a while.
import { lapse } from './toast.js';

for (const toast of document.querySelectorAll('.toast[data-undo]')) lapse(toast);
