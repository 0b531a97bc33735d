// Reads the mails the studio kept, by the link its server printed.
import assert from 'node:assert/strict';

/** The code and the link of the newest mail to `email`, from the outbox in another tab. */
export async function mailed(visitor, email) {
  const page = await visitor.context.newPage();
  await page.goto(visitor.studio.server.devLink);
  const mail = page.getByRole('article').filter({ hasText: `to ${email}` }).first();
  const code = /code is ([A-Z0-9]{4}-[A-Z0-9]{4})/.exec(await mail.innerText())?.[1];
  assert.ok(code, 'the mail holds a code');
  const link = await mail.getByRole('link').getAttribute('href');
  await page.close();
  return { code, link };
}
