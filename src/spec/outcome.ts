// The closed list of outcomes a probe step can end in, and who is to blame for each.
// Labels of metrics come from here only, so the list bounds cardinality.

/** How an outcome counts: `good` and `bad` are events, `unmeasured` says nothing about the target. */
export type Verdict = 'good' | 'bad' | 'unmeasured';

export const BLAMES = ['none', 'target', 'dependency', 'edge', 'network', 'dns', 'tls', 'prober', 'config'] as const;
export type Blame = (typeof BLAMES)[number];

type Row = readonly [verdict: Verdict, blame: Blame, hint: string];

/** Every outcome: verdict, default blame (a probe may name a better one), and what to look at. */
export const OUTCOMES = {
  ok: ['good', 'none', ''],
  // transport
  refused: ['bad', 'target', 'nothing listens there: is the process up, is the port right?'],
  reset: ['bad', 'target', 'the connection was cut: crash, restart or a limit on the way'],
  unreachable: ['bad', 'network', 'no route to the host: network, firewall or security group'],
  timeout: ['bad', 'target', 'no answer before the deadline: the phase that hung is the one to look at'],
  protocol_error: ['bad', 'target', 'the answer is not of the expected protocol'],
  body_limit: ['bad', 'target', 'the answer is larger than the cap'],
  header_limit: ['bad', 'target', 'the response headers are larger than the cap'],
  // dns
  dns_nxdomain: ['bad', 'dns', 'the name does not exist: zone, record or delegation'],
  dns_nodata: ['bad', 'dns', 'the name exists but has no record of this type'],
  dns_servfail: ['bad', 'dns', 'the resolver got no usable answer: DNSSEC or a lame name server'],
  dns_refused: ['bad', 'dns', 'the server refuses to answer for this zone'],
  dns_timeout: ['bad', 'dns', 'the name server does not answer'],
  dns_wrong_answer: ['bad', 'dns', 'the answer differs from what the spec expects'],
  dns_disagreement: ['bad', 'dns', 'the name servers hold different versions of the zone (SOA serial)'],
  dns_not_on_cdn: ['bad', 'dns', 'the name does not lead to the CDN: record changed, or traffic goes to the origin'],
  dns_aaaa_broken: ['bad', 'dns', 'A is answered, AAAA is not: the name server or a filter on the way; clients wait'],
  dns_ttl: ['bad', 'dns', 'the TTL is above the limit of the spec: a change of address would take that long'],
  // tls
  tls_expired: ['bad', 'tls', 'the certificate has expired: renew it, then check that it is reloaded'],
  tls_not_yet_valid: ['bad', 'tls', 'the certificate is not valid yet: issue date or a clock'],
  tls_name_mismatch: ['bad', 'tls', 'the certificate is for another name: wrong virtual host or SAN'],
  tls_untrusted: ['bad', 'tls', 'unknown CA or self-signed certificate'],
  tls_incomplete_chain: [
    'bad',
    'tls',
    'an intermediate certificate is not served, or the authority is private: set ca',
  ],
  tls_handshake: ['bad', 'tls', 'the TLS handshake failed: protocol, cipher or not TLS at all'],
  tls_expires_soon: ['bad', 'tls', 'the certificate expires within the limit of the spec'],
  tls_not_reloaded: [
    'bad',
    'tls',
    'renewed but not reloaded: the ingress or CDN still serves the old certificate; reload it, or upload the new one',
  ],
  tls_wrong_issuer: ['bad', 'tls', 'another authority issued the certificate: a default one, a proxy, or a new issuer'],
  certificate_unreadable: [
    'unmeasured',
    'config',
    'the file `certificate` is missing or holds no certificate in PEM form',
  ],
  // http
  status: ['bad', 'target', 'the HTTP status is not the expected one'],
  server_error: ['bad', 'target', 'the server answered 5xx: application log'],
  bad_gateway: ['bad', 'target', '502: nothing answers behind the web server (PHP-FPM down?)'],
  gateway_timeout: ['bad', 'target', '504: the backend is too slow or its pool is full (PHP-FPM?)'],
  overloaded: ['bad', 'target', '503: the service says that it is overloaded or down'],
  rate_limited: ['bad', 'edge', '429: the rate limit hits the probe; raise it for the prober or probe less often'],
  waf_block: ['bad', 'edge', 'blocked before WordPress: WAF or access rule'],
  challenge: ['bad', 'edge', 'the edge wants proof of a browser: exempt the prober; visitors may see it too'],
  geo_block: ['bad', 'edge', 'the edge blocks the country of the prober: geo restriction of the CDN'],
  redirect_loop: ['bad', 'target', 'more redirects than allowed: siteurl, scheme or X-Forwarded-Proto'],
  redirect_refused: ['bad', 'target', 'redirect to an address that the prober must not follow'],
  wrong_content: ['bad', 'target', 'the expected text is missing: other site, defacement or default page'],
  // wordpress
  db_error: ['bad', 'dependency', 'WordPress has no database: look at MariaDB and its credentials'],
  critical_error: ['bad', 'target', 'PHP fatal error: a plugin, a theme or an update; see the PHP log'],
  white_screen: ['bad', 'target', 'empty or cut-off page with status 200: theme missing or fatal error'],
  wp_maintenance: ['bad', 'target', 'WordPress is in maintenance mode; older than 10 minutes means stuck'],
  install_redirect: ['bad', 'target', 'WordPress asks to be installed: database empty or wrong table prefix'],
  login_redirect: ['bad', 'target', 'the page sends visitors to the login'],
  canonical_mismatch: ['bad', 'target', 'WordPress redirects to another host: siteurl/home are wrong'],
  rest_disabled: ['bad', 'target', 'the REST API is blocked; the block editor does not work'],
  cron_stuck: ['bad', 'target', 'WP-Cron is late: scheduled posts and mails do not go out'],
  cron_unknown: ['unmeasured', 'config', 'install the mu-plugin plimsoll-health.php, or leave out the step cron'],
  object_cache_missing: [
    'bad',
    'target',
    'no persistent object cache: is wp-content/object-cache.php there? MariaDB bears every query',
  ],
  object_cache_unknown: [
    'unmeasured',
    'config',
    'install the mu-plugin plimsoll-health.php, or leave out the step objectcache',
  ],
  php_saturated: ['bad', 'target', 'pages hang, files do not: all PHP-FPM workers are busy; look at pm.max_children'],
  // mariadb
  auth_failed: ['unmeasured', 'config', 'user, password or allowed host of the probe user is wrong'],
  missing_grant: ['unmeasured', 'config', 'the probe user lacks a privilege; the README lists the grants'],
  too_many_connections: ['bad', 'target', 'max_connections is reached: look for leaking or slow clients'],
  probe_user_limit: ['unmeasured', 'prober', 'the connection limit of the probe user is reached'],
  read_only: ['bad', 'target', 'the primary refuses writes: failover in progress or wrong endpoint'],
  write_blocked: ['bad', 'target', 'reads work but writes hang or fail: disk full, lock or backup'],
  query_error: ['bad', 'target', 'the query failed'],
  not_ready: ['bad', 'target', 'the node is not ready to serve: Galera 1047, SHOW STATUS LIKE "wsrep%"'],
  shutdown: ['bad', 'target', 'the server is shutting down: restart, update or failover; who stopped it?'],
  host_blocked: ['bad', 'target', 'the server blocks the prober after too many errors: FLUSH HOSTS'],
  replica_stopped: ['bad', 'target', 'replication has stopped: SHOW ALL REPLICAS STATUS'],
  replica_lag: ['bad', 'target', 'the replica is too far behind'],
  version_skew: ['bad', 'target', 'the replica is older than its primary: update replicas first'],
  lag_unknown: ['unmeasured', 'config', 'the lag could not be read'],
  // redis
  redis_auth: ['unmeasured', 'config', 'password or ACL user of the probe is wrong'],
  redis_noperm: ['unmeasured', 'config', 'the ACL user may not run this command; the README lists them'],
  oom: ['bad', 'target', 'Redis refuses writes: maxmemory reached and nothing to evict'],
  readonly_replica: ['bad', 'target', 'connected to a replica: failover or stale service endpoint'],
  loading: ['bad', 'target', 'Redis is loading its data set'],
  masterdown: ['bad', 'target', 'the replica has lost its primary and serves nothing'],
  misconf: ['bad', 'target', 'Redis cannot persist and refuses writes: disk or fork'],
  busy: ['bad', 'target', 'a script blocks Redis: SCRIPT KILL'],
  noreplicas: ['bad', 'target', 'too few replicas for writes (min-replicas-to-write)'],
  max_clients: ['bad', 'target', 'maxclients is reached'],
  redis_error: ['bad', 'target', 'Redis answered with an error'],
  // cdn
  cache_bypassed: ['bad', 'edge', 'a cacheable URL is not cached: Set-Cookie, Cache-Control or Vary'],
  cache_not_missed: ['bad', 'edge', 'a unique URL was served from cache: the cache key ignores the query'],
  private_content_cached: ['bad', 'edge', 'private pages come from the cache: switch caching off for them NOW'],
  stale_masked: ['bad', 'target', 'the edge serves stale content over a dead origin: visitors see old pages'],
  stale_too_old: ['bad', 'edge', 'the cached copy is older than the limit'],
  edge_mismatch: ['bad', 'edge', 'edge and origin serve different content'],
  one_edge_bad: ['bad', 'edge', 'one edge address fails while others answer'],
  edge_down: ['bad', 'edge', 'the edge fails while the origin answers'],
  origin_down: ['bad', 'target', 'the origin does not answer'],
  cache_status_unknown: [
    'unmeasured',
    'config',
    'no cache status header: name it in the spec or enable it at the edge',
  ],
  ca_unreadable: ['unmeasured', 'config', 'the file `ca` is missing or holds no certificate in PEM form'],
  not_configured: ['unmeasured', 'config', 'the step needs a setting that the spec does not have'],
  // limits of an SLO
  too_slow: ['bad', 'target', 'slower than the limit of the SLO: its waterfall shows the phase that took the time'],
  stale: ['bad', 'target', 'older than the limit of the SLO: replication, WP-Cron or the cache has fallen behind'],
  // our own
  no_resolver: ['unmeasured', 'prober', 'the resolver of the prober does not answer'],
  no_network: ['unmeasured', 'prober', 'the prober has no network or no free sockets'],
  prober_overloaded: ['unmeasured', 'prober', 'the prober was too slow itself to judge'],
  aborted: ['unmeasured', 'prober', 'the prober was stopped during the run'],
  address_refused: [
    'unmeasured',
    'config',
    'the address is not allowed for probes (link-local, metadata or not in the allow-list)',
  ],
  internal_error: ['unmeasured', 'prober', 'a bug of plimsoll: please report it'],
  skipped: ['unmeasured', 'none', 'an earlier step of this run failed, so this one says nothing new'],
} as const satisfies Record<string, Row>;

export type Outcome = keyof typeof OUTCOMES;

/** How an outcome counts towards an SLO. */
export const verdictOf = (outcome: Outcome): Verdict => OUTCOMES[outcome][0];
/** The default blame of an outcome. */
export const blameOf = (outcome: Outcome): Blame => OUTCOMES[outcome][1];
/** What an on-call person should look at first; empty for `ok`. */
export const hintOf = (outcome: Outcome): string => OUTCOMES[outcome][2];
