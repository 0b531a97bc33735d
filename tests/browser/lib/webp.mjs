/** A PNG as WebP: the browser itself packs it, to a tenth of the bytes. `page` is one nobody looks at. */
export async function webp(page, png, quality = 0.86) {
  const packed = await page.evaluate(async ({ source, quality }) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext('2d').drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, { source: `data:image/png;base64,${png.toString('base64')}`, quality });
  return Buffer.from(packed);
}
