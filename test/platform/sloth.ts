// Sloth's rules for as many SLOs as wanted: what ours are compared with.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReadGroup, readRuleFile } from '../../src/generate/read-rules.ts';
import { toolPath } from './tools.ts';

const slo = (i: number) => `  - name: availability-${i}
    objective: 99.9
    description: Requests that fail.
    sli:
      events:
        error_query: sum(rate(http_requests_total{shop="${i}",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total{shop="${i}"}[{{.window}}]))
    alerting:
      name: Burn
      page_alert: { labels: { severity: page } }
      ticket_alert: { labels: { severity: ticket } }
`;

/** The groups that Sloth makes of `slos` SLOs of one service; works in two new folders below `folder`. */
export function slothGroups(folder: string, slos: number): readonly ReadGroup[] {
  const [specs, out] = [join(folder, `in-${slos}`), join(folder, `out-${slos}`)];
  for (const dir of [specs, out]) mkdirSync(dir, { recursive: true });
  const all = Array.from({ length: slos }, (_, i) => slo(i)).join('');
  writeFileSync(join(specs, 'shop.yaml'), `version: prometheus/v1\nservice: shop\nslos:\n${all}`);
  const { status, stderr } = spawnSync(toolPath('sloth'), ['generate', '-i', specs, '-o', out], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`sloth generate: ${stderr}`);
  return readdirSync(out).flatMap((file) => readRuleFile(readFileSync(join(out, file), 'utf8')).groups);
}
