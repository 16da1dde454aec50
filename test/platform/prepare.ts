// Everything that npm run test:platform needs: Debian's packages, Go tools, Python tools. Terraform and kubectl are expected in PATH.
import { spawnSync } from 'node:child_process';
import { ensurePackages } from '../services/install.ts';
import { customResources } from './kubernetes/crds.ts';
import { ensurePython } from './python.ts';
import { ensureTools } from './tools.ts';

/** Programs that only their makers give out, and where. */
const EXPECTED = {
  terraform: 'https://developer.hashicorp.com/terraform/install (1.11 or newer)',
  kubectl: 'https://kubernetes.io/docs/tasks/tools (1.32 or newer)',
} as const;

function checkExpected(): void {
  const missing = Object.entries(EXPECTED).filter(([name]) => spawnSync(name, ['version']).error !== undefined);
  if (missing.length > 0)
    throw new Error(`missing in PATH: ${missing.map(([name, where]) => `${name}, from ${where}`).join('; ')}`);
}

try {
  checkExpected();
  ensurePackages(true);
  ensureTools();
  ensurePython();
  customResources();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
