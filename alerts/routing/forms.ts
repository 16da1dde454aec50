// Forms of the configuration for programs that do not take all of it. What differs stands in one table; the rest is the same.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${file:path} is the syntax of references to secrets
import type { AlertmanagerConfig } from './config.ts';

/** `alertmanager`: 0.34. `alertmanager-0.25`: Debian 12. `mimir`: the Alertmanager inside Mimir. */
export const FORMS = ['alertmanager', 'alertmanager-0.25', 'mimir'] as const;
export type Form = (typeof FORMS)[number];

interface Difference {
  /** Where the field is: keys, with [] for every entry of a list. */
  readonly field: string;
  /** The key that holds the secret itself, as `${file:path}`; without it the field is left out. */
  readonly inline?: string;
  readonly forms: readonly Form[];
  readonly why: string;
}

/** Everything in which the forms differ from the shipped one, besides `templates` (see formOf). */
export const DIFFERENCES: readonly Difference[] = [
  {
    field: 'global.smtp_auth_password_file',
    inline: 'smtp_auth_password',
    forms: ['mimir'],
    why: 'Mimir refuses files: a tenant could read those of the server',
  },
  {
    field: 'receivers[].slack_configs[].api_url_file',
    inline: 'api_url',
    forms: ['mimir'],
    why: 'Mimir refuses files',
  },
  {
    field: 'receivers[].pagerduty_configs[].routing_key_file',
    inline: 'routing_key',
    forms: ['mimir'],
    why: 'Mimir refuses files',
  },
  {
    field: 'receivers[].webhook_configs[].url_file',
    inline: 'url',
    forms: ['alertmanager-0.25', 'mimir'],
    why: 'since 0.26; Mimir refuses files',
  },
  {
    field: 'inhibit_rules[].name',
    forms: ['alertmanager-0.25', 'mimir'],
    why: 'since 0.30; releases of Mimir have an older one built in',
  },
];

/** The configuration as `form` takes it. Mimir knows templates by their file names, without a folder. */
export function formOf(
  config: AlertmanagerConfig,
  form: Form,
  templateNames: readonly string[] = [],
): AlertmanagerConfig {
  const copy = structuredClone(config);
  for (const { field, inline, forms } of DIFFERENCES)
    if (forms.includes(form)) for (const holder of holdersOf(copy, field)) change(holder, field, inline);
  return form === 'mimir' ? { ...copy, templates: [...templateNames] } : copy;
}

type Holder = Record<string, unknown>;

function change(holder: Holder, field: string, inline: string | undefined): void {
  const key = field.split('.').at(-1)!;
  if (!Object.hasOwn(holder, key)) return;
  // The new key takes the place of the old one.
  const entries = Object.entries(holder);
  for (const [name, value] of entries) {
    delete holder[name];
    if (name !== key) holder[name] = value;
    else if (inline !== undefined) holder[inline] = `\${file:${value}}`;
  }
}

/** Every object that can have the field. */
function holdersOf(config: AlertmanagerConfig, field: string): Holder[] {
  let holders: unknown[] = [config];
  for (const part of field.split('.').slice(0, -1)) {
    const key = part.replace('[]', '');
    holders = holders.flatMap((holder) => (holder as Holder)[key] ?? []);
  }
  return holders as Holder[];
}
