// How many rules may be loaded, and how large they may be. A tenant of Mimir can have other limits: read its overrides.

export interface RulerLimits {
  readonly rulesPerGroup: number;
  readonly groupsPerTenant: number;
}

/** `-ruler.max-rules-per-rule-group` and `-ruler.max-rule-groups-per-tenant`: pkg/util/validation/limits.go of Mimir. */
export const MIMIR_LIMITS: RulerLimits = { rulesPerGroup: 20, groupsPerTenant: 70 };

/** A PrometheusRule beyond this does not fit the ConfigMap that the operator makes of it, bytes: its pkg/operator/rules.go. */
export const OBJECT_MAX_BYTES = 524_288;
