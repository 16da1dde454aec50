// Each fault that a row of the map can have is found: one row for each, wrong in one thing.
import { expect, it } from 'vitest';
import { faultsOf, itemsOf, type Row, rowsOf } from './rows.ts';

const EDGE = '`infra/terraform/modules/edge/cdn.tf` `ionoscloud_cdn_distribution`';
const TEST = '`infra/terraform/modules/edge/tests/defaults.tftest.hcl`';
const fine: Row = { number: 'B1', section: 'A', seed: 'CDN: CDN', deployed: EDGE, tested: TEST, differs: '' };

it('a row that is fine has no fault', () => {
  expect(faultsOf(fine)).toEqual([]);
  expect(
    faultsOf({ ...fine, deployed: 'Nothing to deploy', tested: '—', differs: 'See the alert `EdgeDown`.' }),
  ).toEqual([]);
  expect(faultsOf({ ...fine, tested: `${TEST}, \`test/platform/terraform/environments.test.ts\`` })).toEqual([]);
});

it.each<[string, Partial<Row>]>([
  ['infra/nowhere.tf does not exist', { deployed: `${EDGE}, \`infra/nowhere.tf\`` }],
  [
    'infra/terraform/modules/edge/tests/no.tftest.hcl does not exist',
    { tested: `${TEST}, \`infra/terraform/modules/edge/tests/no.tftest.hcl\`` },
  ],
  ['alerts/runbooks/EdgeGone.md does not exist', { differs: 'The alert `EdgeGone` sees it.' }],
  ['src/nowhere.ts does not exist', { differs: 'See `src/nowhere.ts`.' }],
  [
    'ionoscloud_nsg is not in the files that the row names',
    {
      deployed: `${EDGE}, \`ionoscloud_nsg\``,
      tested: `${TEST}, \`infra/terraform/modules/security/tests/defaults.tftest.hcl\``,
    },
  ],
  ['ionoscloud_cdn_distribution is in none of the tests that the row names', { tested: '`test/probe/edge.test.ts`' }],
  ['src/probe/cdn.ts is no test file', { tested: `${TEST}, \`src/probe/cdn.ts\`` }],
  ['it names no test: write — if there is none', { deployed: 'Nothing to deploy', differs: 'Nothing.', tested: '' }],
  ['what is deployed has no test', { deployed: '`infra/pipelines/push.sh`', tested: '—' }],
  ['it says neither what deploys it, nor why there is nothing to deploy', { deployed: 'Somewhere' }],
  ['it says neither what deploys it, nor why there is nothing to deploy', { deployed: 'Nothing to deploy' }],
  ['nothing is promised for later: say what stands in, and why', { deployed: `${EDGE}, not there yet` }],
])('%s', (fault, change) => {
  expect(faultsOf({ ...fine, ...change })).toEqual([fault]);
});

it('arrows of one row are many, boxes are parted by semicolons, and a list item is taken as it is', () => {
  expect(itemsOf({ ...fine, number: 'A1', seed: 'A, B ⇢ C, D (x, y); E → F' })).toEqual([
    'A ⇢ C (x, y)',
    'A ⇢ D (x, y)',
    'B ⇢ C (x, y)',
    'B ⇢ D (x, y)',
    'E → F',
  ]);
  expect(itemsOf({ ...fine, seed: 'A: one, two; B' })).toEqual(['A: one, two', 'B']);
  expect(itemsOf({ ...fine, number: 'L1', seed: 'One; two → three' })).toEqual(['One; two → three']);
});

it('a row with another number of cells is refused', () => {
  expect(() => rowsOf('\n## The map\n\n### S\n| B1 | CDN | `x` | — |\n')).toThrow(
    'five cells are needed, and there are 4',
  );
});
