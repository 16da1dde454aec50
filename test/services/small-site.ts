// A site of one page in this process, for tests that need a target and not WordPress; and a spec that measures it every second.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SmallSite {
  readonly url: string;
  /** What the next requests are answered with; `never`: not at all. */
  answer(status: number | 'never'): void;
  readonly requests: number;
  stop(): void;
}

export async function startSmallSite(): Promise<SmallSite> {
  let status: number | 'never' = 200;
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    if (status !== 'never') response.writeHead(status, { 'content-type': 'text/html' }).end('<html>shop</html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    answer(next) {
      status = next;
    },
    get requests() {
      return requests;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** One SLO named `up` on the site; `more` is appended. */
export const smallSpec = (url: string, more = ''): string => `targets:
  - { name: site, kind: http, url: "${url}", interval: 1s, timeout: 500ms }
slos:
  - { name: up, service: site, team: web, objective: 99%, window: 30d, sli: { kind: probe, target: site } }
${more}`;
