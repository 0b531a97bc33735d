// A link to a picture lapses within hours. When one does not load, asks once for fresh links.
async function refresh(picture) {
  if (picture.dataset.refreshed) return;
  picture.dataset.refreshed = 'true';
  const answer = await fetch(`/images/${picture.dataset.image}/urls`).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = await answer.json();
  const widths = picture.srcset.split(', ').map((one) => one.split(' ').at(-1));
  const links = [fresh.w320, fresh.w640, fresh.original];
  picture.srcset = widths.map((width, n) => `${links[n]} ${width}`).join(', ');
  picture.src = widths.length === 3 ? fresh.original : fresh.w320;
}

// Errors of pictures do not bubble, but they can be caught on the way down.
document.addEventListener('error', (event) => { if (event.target.dataset?.image) refresh(event.target); }, true);
for (const picture of document.querySelectorAll('img[data-image]')) if (picture.complete && picture.src && !picture.naturalWidth) refresh(picture);
