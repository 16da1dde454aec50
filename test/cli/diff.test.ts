// plimsoll diff --against the Prometheus of Debian.
import { diffContract } from './diff-contract.ts';

diffContract('Prometheus 2.42', () => 'prometheus');
