// What Flux does with ${name} in manifests, for those who have no Flux: the overlays, and the tests. Pure.

/** A name, and what to take if there is no such value: `${name}`, `${name:=text}`, `${name:-text}`; `$${` is a literal `${`. */
const PLACE = /\$(\$\{)|\$\{([A-Za-z_]\w*)(?::[=-]([^}]*))?\}/g;

/**
 * The text with the values in their places; throws an Error that names each one that is missing.
 * Flux would put an empty text there, which is how a policy gets an empty network.
 */
export function substitute(text: string, values: Readonly<Record<string, string>>): string {
  const missing = new Set<string>();
  const substituted = text.replaceAll(PLACE, (_, literal?: string, name = '', otherwise?: string) => {
    if (literal !== undefined) return literal;
    const value = values[name] ?? otherwise;
    if (value === undefined) missing.add(name);
    return value ?? '';
  });
  if (missing.size > 0)
    throw new Error(
      `no value for ${[...missing].join(', ')}: they are in neither platform-values.yaml nor platform-settings.yaml`,
    );
  return substituted;
}
