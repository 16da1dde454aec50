// The thread that loads a spec again while the exporter runs: reading thousands of SLOs takes seconds, and no slot may wait for it.
import { parentPort, workerData } from 'node:worker_threads';
import { loadSpec } from './load-spec.ts';

parentPort?.postMessage(loadSpec(workerData as readonly string[]));
