// Copies the text a button names, and says so on the button.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const label = button.querySelector('span');
  const said = label ? label.textContent : button.ariaLabel;
  const tell = (text) => { if (label) label.textContent = text; else button.ariaLabel = text; };
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    tell('Copied');
  } catch {
    getSelection().selectAllChildren(source);
    tell('Selected, copy it');
  }
  setTimeout(() => tell(said), 2000);
});
