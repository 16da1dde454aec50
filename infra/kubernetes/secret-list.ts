// Every Secret that the platform needs, and what its values are made of. No value is here.

/** What only people know, and where it is to be had. */
export const ASKED = {
  ionos_dns_token: 'token of a user in the group dns_only, at most 365 days (Menu > Management > Token Manager)',
  age_recipient:
    'public key of an age key that is kept outside of the cluster: dumps are encrypted for it (age-keygen)',
  age_drill_key: 'private key (AGE-SECRET-KEY-…) of another age key: the drill in the cluster reads dumps with it',
  slack_flux: 'incoming webhook of Slack for what Flux says',
  slack_web: 'incoming webhook of Slack for the team web',
  slack_platform: 'incoming webhook of Slack for the team platform',
  pagerduty_web: 'integration key (Events API v2) of the service of the team web',
  pagerduty_platform: 'integration key (Events API v2) of the service of the team platform',
  smtp_password: 'password of the mail account in notify.smtp',
  deadman_url: 'address of the dead-man switch, for example of healthchecks.io',
  grafana_client_id: 'client of the identity provider for Grafana',
  grafana_client_secret: 'its secret',
} as const satisfies Readonly<Record<string, string>>;
export type Asked = keyof typeof ASKED;

/** What an answer must look like, where a wrong one would only be noticed at night. */
export const SHAPES: Partial<Readonly<Record<Asked, RegExp>>> = {
  age_recipient: /^age1[0-9a-z]{58}$/,
  age_drill_key: /^AGE-SECRET-KEY-1[0-9A-Z]{58}$/,
  slack_flux: /^https:\/\//,
  slack_web: /^https:\/\//,
  slack_platform: /^https:\/\//,
  deadman_url: /^https:\/\//,
};

/** Inputs that say nothing: for who wants to know which keys there are. */
export const NO_INPUTS: Inputs = {
  terraform: () => 'x',
  environment: () => 'x',
  ask: () => 'x',
  random: (name) => `random:${name}`,
  setting: () => 'x',
};

/** Where values come from; each throws an Error that says what is missing. */
export interface Inputs {
  /** A path in `terraform output -json platform_secrets`. */
  terraform(...path: readonly string[]): string;
  /** A variable, as for `terraform apply`. */
  environment(name: string): string;
  /** By hand, from the file of answers. */
  ask(name: Asked): string;
  /** Made up once, and kept when the files are written again; the same for all that say the same name. */
  random(name: string): string;
  /** What platform-values.yaml and platform-settings.yaml say. */
  setting(name: string): string;
}

export interface SecretSpec {
  readonly namespace: string;
  readonly name: string;
  readonly type?: string;
  readonly values: (from: Inputs) => Readonly<Record<string, string>>;
}

const SALTS = ['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'].flatMap((salt) => [`${salt}_KEY`, `${salt}_SALT`]);

const storage = (from: Inputs, user: string, prefix = ''): Readonly<Record<string, string>> => ({
  [`${prefix}access_key`]: from.terraform('object_storage_keys', user, 'access_key'),
  [`${prefix}secret_key`]: from.terraform('object_storage_keys', user, 'secret_key'),
});

/** Credentials of the registry as the kubelet reads them; each namespace that pulls our images needs them. */
const registry = (namespace: string): SecretSpec => ({
  namespace,
  name: 'registry',
  type: 'kubernetes.io/dockerconfigjson',
  values: (from) => {
    const [username, password] = [from.terraform('registry_pull_username'), from.terraform('registry_pull_password')];
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    const auths = { [from.setting('registry_host')]: { username, password, auth } };
    return { '.dockerconfigjson': JSON.stringify({ auths }) };
  },
});

const secret = (namespace: string, name: string, values: SecretSpec['values']): SecretSpec => ({
  namespace,
  name,
  values,
});

export const SECRETS: readonly SecretSpec[] = [
  secret('cert-manager', 'ionos-dns', (from) => ({ 'auth-token': from.ask('ionos_dns_token') })),
  secret('external-dns', 'ionos-dns', (from) => ({ 'api-key': from.ask('ionos_dns_token') })),
  secret('flux-system', 'slack-webhook', (from) => ({ address: from.ask('slack_flux') })),

  registry('wordpress'),
  secret('wordpress', 'wordpress', (from) => ({
    DB_PASSWORD: from.environment('TF_VAR_database_password'),
    CACHE_PASSWORD: from.environment('TF_VAR_cache_password'),
    S3_ACCESS_KEY: from.terraform('object_storage_keys', 'wordpress', 'access_key'),
    S3_SECRET_KEY: from.terraform('object_storage_keys', 'wordpress', 'secret_key'),
    ...Object.fromEntries(SALTS.map((salt) => [salt, from.random(salt)])),
    PLIMSOLL_HEALTH_TOKEN: from.random('health'),
  })),

  registry('monitoring'),
  // The exporter's own user: README.md of the repository has its rights.
  secret('monitoring', 'plimsoll-database', (from) => ({ password: from.random('plimsoll-database') })),
  secret('monitoring', 'plimsoll-health', (from) => ({ token: from.random('health') })),
  secret('monitoring', 'plimsoll-cache', (from) => ({ password: from.environment('TF_VAR_cache_password') })),
  secret('monitoring', 'plimsoll-events', (from) => ({ token: from.random('events') })),
  secret('monitoring', 'ionos-metrics', (from) => ({ key: from.terraform('metrics_key') })),
  secret('monitoring', 'alertmanager-receivers', (from) => ({
    'pagerduty-web': from.ask('pagerduty_web'),
    'pagerduty-platform': from.ask('pagerduty_platform'),
    'slack-web': from.ask('slack_web'),
    'slack-platform': from.ask('slack_platform'),
    smtp: from.ask('smtp_password'),
    deadman: from.ask('deadman_url'),
  })),

  secret('observability', 'loki-s3', (from) => storage(from, 'loki')),
  secret('observability', 'tempo-s3', (from) => storage(from, 'tempo')),
  secret('observability', 'mimir-s3', (from) => storage(from, 'mimir')),
  secret('observability', 'ionos-logs', (from) => ({ key: from.terraform('logs_key') })),
  secret('observability', 'grafana-admin', (from) => ({ user: 'admin', password: from.random('grafana') })),
  secret('observability', 'grafana-oidc', (from) => ({
    client_id: from.ask('grafana_client_id'),
    client_secret: from.ask('grafana_client_secret'),
  })),

  registry('backup'),
  secret('backup', 'database', (from) => ({ password: from.environment('TF_VAR_database_password') })),
  secret('backup', 'object-storage', (from) => ({ ...storage(from, 'backup'), ...storage(from, 'copy', 'copy_') })),
  secret('backup', 'age', (from) => ({ recipient: from.ask('age_recipient'), identity: from.ask('age_drill_key') })),
  secret('velero', 'object-storage', (from) => {
    const { access_key, secret_key } = storage(from, 'velero');
    return { cloud: `[default]\naws_access_key_id=${access_key}\naws_secret_access_key=${secret_key}\n` };
  }),
];
