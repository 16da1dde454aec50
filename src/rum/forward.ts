// Cleaned beacons on their way to another receiver: a short queue, one request at a time. A dead receiver costs the oldest beacons.

const MOST_QUEUED = 500;
const TIMEOUT_MS = 5_000;
const PAUSE_MS = 1_000;

export type ForwardResult = 'sent' | 'failed' | 'dropped';

export class Forwarder {
  readonly #queue: string[] = [];
  readonly #url: string;
  readonly #onResult: (result: ForwardResult) => void;
  #sending = false;
  #stop = new AbortController();

  constructor(url: string, onResult: (result: ForwardResult) => void) {
    this.#url = url;
    this.#onResult = onResult;
  }

  get queued(): number {
    return this.#queue.length;
  }

  add(body: string): void {
    this.#queue.push(body);
    if (this.#queue.length > MOST_QUEUED) {
      this.#queue.shift();
      this.#onResult('dropped');
    }
    if (!this.#sending) void this.#send();
  }

  /** Gives up what waits. */
  stop(): void {
    this.#stop.abort();
    this.#queue.length = 0;
  }

  async #send(): Promise<void> {
    this.#sending = true;
    while (!this.#stop.signal.aborted) {
      const body = this.#queue.shift();
      if (body === undefined) break;
      const isSent = await this.#post(body);
      if (this.#stop.signal.aborted) break;
      this.#onResult(isSent ? 'sent' : 'failed');
      // Not sent again: what is lost is a copy. A receiver that is down is left alone for a moment.
      if (!isSent) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
    }
    this.#sending = false;
  }

  async #post(body: string): Promise<boolean> {
    try {
      const answer = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'error',
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false;
    }
  }
}
