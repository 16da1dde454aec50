// Writes samples with times of our choice into a private Prometheus: its remote-write protocol 1.0, without a client library,
// because those that exist need native code. https://prometheus.io/docs/specs/prw/remote_write_spec/

/** One series with its samples, oldest first; a value of NaN that is stale is `STALE`. */
export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [atMs: number, value: number | typeof STALE])[];
}
/** The marker that says that a series has ended. */
export const STALE = Symbol('stale');
/** A NaN with exactly these bits: model/value/value.go of Prometheus. */
const STALE_BITS = 0x7ff0000000000002n;

/** Sends series to `url`/api/v1/write; throws with the answer if Prometheus refuses. */
export async function remoteWrite(url: string, series: readonly WrittenSeries[]): Promise<void> {
  const answer = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: new Uint8Array(snappy(writeRequest(series))),
  });
  if (!answer.ok) throw new Error(`remote write: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

const SAMPLES_PER_WRITE = 50_000;

/** Writes whole series, however long, all of them slice by slice: Prometheus takes nothing that is an hour older than the newest. */
export async function writeHistory(url: string, series: readonly WrittenSeries[]): Promise<void> {
  const times = series.flatMap((s) => [s.samples[0]![0], s.samples.at(-1)![0]]);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const count = series.reduce((sum, s) => sum + s.samples.length, 0);
  const sliceMs = Math.max(1, Math.ceil((to - from + 1) / Math.ceil(count / SAMPLES_PER_WRITE)));
  const next = series.map(() => 0);
  for (let end = from + sliceMs; end < to + 1 + sliceMs; end += sliceMs) {
    const slice = series.map(({ labels, samples }, i) => {
      const first = next[i]!;
      while (next[i]! < samples.length && samples[next[i]!]![0] < end) next[i]! += 1;
      return { labels, samples: samples.slice(first, next[i]!) };
    });
    await remoteWrite(
      url,
      slice.filter((s) => s.samples.length > 0),
    );
  }
}

// message WriteRequest { repeated TimeSeries timeseries = 1 }
// message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2 }
// message Label { string name = 1; string value = 2 }   message Sample { double value = 1; int64 timestamp = 2 }
function writeRequest(series: readonly WrittenSeries[]): Buffer {
  return Buffer.concat(
    series.map(({ labels, samples }) => {
      const names = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
      return field(
        1,
        Buffer.concat([
          ...names.map(([name, value]) =>
            field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))])),
          ),
          ...samples.map(([atMs, value]) => field(2, sample(atMs, value))),
        ]),
      );
    }),
  );
}

function sample(atMs: number, value: number | typeof STALE): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (1 << 3) | 1;
  if (typeof value === 'symbol') bytes.writeBigUInt64LE(STALE_BITS, 1);
  else bytes.writeDoubleLE(value, 1);
  return Buffer.concat([bytes, Buffer.from([2 << 3]), varint(atMs)]);
}

/** A length-delimited field. */
const field = (tag: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(tag << 3) | 2]), varint(content.length), content]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

/** Snappy's block format with literals only: valid, and not smaller. */
function snappy(data: Buffer): Buffer {
  const parts = [varint(data.length)];
  for (let at = 0; at < data.length; at += 65_536) {
    const piece = data.subarray(at, at + 65_536);
    const length = piece.length - 1;
    // Tag 61 << 2: two bytes of length follow.
    parts.push(Buffer.from([61 << 2, length & 255, length >> 8]), piece);
  }
  return Buffer.concat(parts);
}
