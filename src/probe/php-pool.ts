// Is PHP-FPM's pool full? Then pages get no answer, while the web server before it still serves files.
import { answersWithin, beside, type EdgeResult } from './behind-edge.ts';
import type { HttpResult } from './http-client.ts';
import type { ProbeContext } from './probe.ts';

type Ask<T> = (ctx: ProbeContext) => Promise<T>;

const timedOut = ({ response }: HttpResult): boolean => response?.status === 504;

/**
 * Asks for the page; for the file too, once the page is silent for half of the time that is left, or is answered with 504. A page
 * that hangs holds out to the deadline, and then it would be too late to ask.
 */
export async function askPhp(
  ctx: ProbeContext,
  page: Ask<EdgeResult>,
  file: Ask<HttpResult>,
  path: string,
): Promise<EdgeResult> {
  const halfMs = ctx.remainingMs() / 2;
  const asked = page(ctx);
  if (await answersWithin(asked, halfMs, (result) => !timedOut(result))) return asked;
  const served = beside(ctx, file);
  const result = await asked;
  const hung = result.outcome === 'timeout' && (result.phases.first_byte ?? 0) >= halfMs;
  if (result.blame === 'edge' || !(hung || timedOut(result))) {
    served.cancel();
    return result;
  }
  const { outcome, response } = await served.answer;
  if (outcome !== 'ok' || response === undefined || response.status >= 300) return result;
  const said = result.detail || `status ${result.response?.status}`;
  return { ...result, outcome: 'php_saturated', detail: `${said}; the file ${path} answers ${response.status}` };
}
