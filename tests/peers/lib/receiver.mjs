// Receives what is pushed, raw: signatures are over bytes.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** A receiver; `take()` is the next push. `statuses` are its first answers; later ones are 200. */
export async function receive(...statuses) {
  const pushes = [];
  const takers = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const push = { path: request.url, headers: request.headers, body: Buffer.concat(chunks) };
    response.writeHead(statuses.shift() ?? 200).end();
    const taker = takers.shift();
    if (taker) taker(push);
    else pushes.push(push);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    take: () => pushes.length
      ? Promise.resolve(pushes.shift())
      : new Promise((resolve) => { takers.push(resolve); }),
    stop: () => server.close(),
  };
}
