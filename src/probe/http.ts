// Any HTTP service: status and a text that must be there.
import { httpRequest } from './http-client.ts';
import { judgeStatus } from './judge-page.ts';
import type { Probe } from './probe.ts';

export const http: Probe<'http'> = {
  async run(target, ctx) {
    await ctx.step('get', async ({ traceparent }) => {
      const { url, method, body, headers, ca, address } = target;
      const result = await httpRequest(
        {
          url,
          method,
          ca,
          address,
          traceparent,
          redirects: target.followRedirects ? 5 : 0,
          ...(headers && { headers }),
          ...(body !== undefined && { body }),
        },
        ctx,
      );
      const { outcome, detail, phases, facts, response } = result;
      const measured = { outcome, detail, phases, facts };
      if (outcome !== 'ok' || response === undefined) return measured;
      const expected = target.status?.includes(response.status) ?? (response.status >= 200 && response.status < 300);
      if (!expected)
        return {
          ...measured,
          ...(judgeStatus(response) ?? {
            outcome: 'status',
            detail: `status ${response.status}`,
          }),
        };
      if (target.contains !== undefined && !response.body.includes(target.contains))
        return { ...measured, outcome: 'wrong_content', detail: 'the expected text is missing' };
      return measured;
    });
  },
};
