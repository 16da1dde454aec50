// What Terraform said, as the ConfigMap that Flux puts into manifests: node infra/kubernetes/values.ts ENVIRONMENT < values.json
// Prints; writes nothing. `(cd infra/terraform/environments/dev && terraform output -json platform_values) | node infra/kubernetes/values.ts dev`
import { text } from 'node:stream/consumers';
import { stringify } from 'yaml';

const HEAD = (environment: string): string =>
  `# From Terraform: (cd infra/terraform/environments/${environment} && terraform output -json platform_values) | node infra/kubernetes/values.ts ${environment}
# Not to be changed by hand. Names of example.internal are made up: they become yours with your outputs.
`;

/** The ConfigMap platform-values; throws an Error if the outputs are not texts, or of another environment. */
export function platformValues(environment: string, outputs: string): string {
  const data = valuesOf(outputs);
  if (data.environment !== undefined && !data.environment.endsWith(`-${environment}`))
    throw new Error(`these are the outputs of ${data.environment}, not of ${environment}`);
  const metadata = { name: 'platform-values', namespace: 'flux-system' };
  return HEAD(environment) + stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, { lineWidth: 0 });
}

function valuesOf(outputs: string): Readonly<Record<string, string>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(outputs);
  } catch {
    throw new Error('no JSON on standard input: terraform output -json platform_values');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed) || Object.keys(parsed).length === 0)
    throw new Error('no values on standard input: terraform output -json platform_values');
  for (const [name, value] of Object.entries(parsed))
    if (typeof value !== 'string')
      throw new Error(`${name} is ${JSON.stringify(value)}, and should be a text: has everything been applied?`);
  return parsed as Record<string, string>;
}

if (import.meta.main) {
  const environment = process.argv[2] ?? '';
  try {
    if (!['dev', 'prod'].includes(environment)) throw new Error('usage: values.ts dev|prod < values.json');
    process.stdout.write(platformValues(environment, await text(process.stdin)));
  } catch (error) {
    console.error(`values: ${(error as Error).message}`);
    process.exitCode = 2;
  }
}
