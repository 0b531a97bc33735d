// What every page has: the theme, the keys, and nothing left behind when somebody signs out.
import './theme.js';
import './keys.js';

document.addEventListener('submit', (event) => {
  if (event.target.getAttribute('action') !== '/sign-out') return;
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith('draft:')) localStorage.removeItem(name);
  } catch { /* nothing was kept */ }
});
