// Flips a like at once and sends what it shall be; flips back with a word when that was refused. Without this module the button sends its form.
import { post } from './post.js';
import { say } from './toast.js';

export function show(button, liked) {
  button.setAttribute('aria-pressed', String(liked));
  button.value = String(!liked);
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[aria-pressed][name="liked"]');
  if (!button) return;
  event.preventDefault();
  const liked = button.value === 'true';
  show(button, liked);
  // A button without a place of its own says the page's address, not its form's.
  const place = button.hasAttribute('formaction') ? button.formAction : button.form.action;
  if (await post(place, { liked })) return;
  show(button, !liked);
  say('That did not work. Look again in a moment.');
});
