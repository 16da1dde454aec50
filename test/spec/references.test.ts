// References between the parts of a spec.
import { expect, it } from 'vitest';
import { rulesIn, shop, slo } from './specs.ts';

const cdn = { name: 'cdn', kind: 'cdn', url: 'https://a.example/' };
const db = { name: 'db', kind: 'mariadb', url: 'mysql://u@h:3306/d' };
const replicas = [{ name: 'r', url: 'mysql://u@r:3306/d' }];
const all = ['connect', 'read', 'write', 'replica'];
const fresh = (target: string, of: string, limit: object) => slo({ sli: { kind: 'freshness', target, of, ...limit } });

it.each([
  [
    'an SLI of an unknown target',
    { targets: [shop], slos: [slo({ sli: { kind: 'probe', target: 'shp' } })] },
    ['unknown-target'],
  ],
  ['dependsOn an unknown target', { targets: [shop], slos: [slo({ dependsOn: ['db'] })] }, ['unknown-target']],
  [
    'a step the target lacks',
    { targets: [shop], slos: [slo({ sli: { kind: 'probe', target: 'shop', steps: ['write'] } })] },
    ['unknown-step'],
  ],
  [
    'a step that the target leaves out',
    {
      targets: [{ ...shop, steps: ['front'] }],
      slos: [slo({ sli: { kind: 'latency', target: 'shop', step: 'rest', below: '1s' } })],
    },
    ['unknown-step'],
  ],
  [
    'maintenance of an unknown service',
    {
      targets: [shop],
      slos: [slo()],
      maintenance: [{ from: '2026-12-01T22:00:00Z', for: '2h', services: ['x'], reason: 'r', by: 'b' }],
    },
    ['unknown-service'],
  ],
  ['an objective of 100 %', { targets: [shop], slos: [slo({ objective: '100%' })] }, ['objective-100']],
  ['an objective of 0 %', { targets: [shop], slos: [slo({ objective: 0 })] }, ['objective-0']],
  [
    'an unknown time zone',
    { targets: [shop], slos: [slo({ window: { calendar: 'month', timeZone: 'Europe/Berlim' } })] },
    ['time-zone'],
  ],
  [
    'an offset as time zone',
    { targets: [shop], slos: [slo({ window: { calendar: 'month', timeZone: '+01:00' } })] },
    ['time-zone'],
  ],
  [
    'a known time zone',
    { targets: [shop], slos: [slo({ window: { calendar: 'month', timeZone: 'Europe/Berlin' } })] },
    [],
  ],
  ['a timeout of the interval', { targets: [{ ...shop, interval: '30s', timeout: '30s' }] }, ['timeout-interval']],
  ['a timeout just below the interval', { targets: [{ ...shop, interval: '30s', timeout: '29999ms' }] }, []],
  ['the step cron without token', { targets: [{ ...shop, steps: ['cron'] }] }, ['step-needs']],
  ['the step match without origin', { targets: [{ ...cdn, steps: ['match'] }] }, ['step-needs']],
  ['the step match with origin', { targets: [{ ...cdn, steps: ['match'], origin: 'http://o.example/' }] }, []],
  ['hits of a shop', { targets: [shop], slos: [slo({ sli: { kind: 'hits', target: 'shop' } })] }, ['hits-source']],
  ['hits of a cdn', { targets: [cdn], slos: [slo({ sli: { kind: 'hits', target: 'cdn' } })] }, []],
  [
    'freshness of replicas without replicas',
    { targets: [db], slos: [fresh('db', 'replica', { below: '9s' })] },
    ['freshness-source'],
  ],
  [
    'freshness of replicas',
    { targets: [{ ...db, replicas, steps: all }], slos: [fresh('db', 'replica', { below: '9s' })] },
    [],
  ],
  [
    'freshness of a certificate over https',
    { targets: [shop], slos: [fresh('shop', 'certificate', { above: '9d' })] },
    [],
  ],
  [
    'freshness of a certificate over http',
    { targets: [{ ...shop, url: 'http://a.example/' }], slos: [fresh('shop', 'certificate', { above: '9d' })] },
    ['freshness-source'],
  ],
  [
    'freshness of a certificate below',
    { targets: [shop], slos: [fresh('shop', 'certificate', { below: '9d' })] },
    ['freshness-limit'],
  ],
  ['freshness without a limit', { targets: [cdn], slos: [fresh('cdn', 'cache', {})] }, ['freshness-limit']],
  [
    'freshness with two limits',
    { targets: [cdn], slos: [fresh('cdn', 'cache', { below: '1h', above: '1s' })] },
    ['freshness-limit'],
  ],
  ['freshness of a cache', { targets: [cdn], slos: [fresh('cdn', 'cache', { below: '1h' })] }, []],
  [
    'freshness of cron without the step',
    { targets: [shop], slos: [fresh('shop', 'cron', { below: '5m' })] },
    ['freshness-source'],
  ],
])('%s gives %3$j', (_name, spec, rules) => {
  expect(rulesIn(spec)).toEqual(rules);
});
