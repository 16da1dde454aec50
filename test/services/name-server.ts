// A name server of which a test says, question by question, what it answers; by UDP and, for answers that do not fit, not at all.
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';

/** Addresses (those of the type that was asked for are sent), or what is said instead. */
export type Answer = readonly string[] | 'nxdomain' | 'servfail' | 'refused' | 'silent';

export interface NameServer {
  readonly port: number;
  /** Questions so far, as "name type". */
  readonly asked: readonly string[];
  /** What is answered from now on. */
  answer(name: string, by: Answer | ((nth: number, type: string) => Answer)): void;
  stop(): void;
}

const TYPES: Readonly<Record<number, string>> = { 1: 'A', 28: 'AAAA' };
const RCODES = { nxdomain: 3, servfail: 2, refused: 5 } as const;

/** Listens at the address; port 0: any. Names that nobody spoke of do not exist. */
export async function startNameServer(address: string, port = 0): Promise<NameServer> {
  const answers = new Map<string, Answer | ((nth: number, type: string) => Answer)>();
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const { name, type, question } = questionOf(query);
    const key = `${name} ${TYPES[type] ?? type}`;
    const nth = asked.filter((earlier) => earlier === key).length;
    asked.push(key);
    const given = answers.get(name) ?? 'nxdomain';
    const answer = typeof given === 'function' ? given(nth, TYPES[type] ?? '') : given;
    if (answer !== 'silent') socket.send(packet(query, question, type, answer), from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(port, address, resolve));
  return {
    port: socket.address().port,
    asked,
    answer: (name, by) => void answers.set(name, by),
    stop: () => void socket.close(),
  };
}

function questionOf(query: Buffer): { name: string; type: number; question: Buffer } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += length + 1;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), question: query.subarray(12, at + 5) };
}

/** Header, question, and records whose name points to that of the question; time to live 0, so that nobody keeps them. */
function packet(query: Buffer, question: Buffer, type: number, answer: Exclude<Answer, 'silent'>): Buffer {
  const family = type === 28 ? 6 : 4;
  const addresses = typeof answer === 'string' ? [] : answer.filter((ip) => type in TYPES && isIP(ip) === family);
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (typeof answer === 'string' ? RCODES[answer] : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((ip) => {
    const bytes = bytesOf(ip);
    return Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, bytes.length]), bytes]);
  });
  return Buffer.concat([header, question, ...records]);
}

function bytesOf(ip: string): Buffer {
  if (isIP(ip) === 4) return Buffer.from(ip.split('.').map(Number));
  const text = new URL(`http://[${ip}]/`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const words = (part: string) => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)));
  const [first, last] = [words(head), tail === undefined ? [] : words(tail)];
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 255]));
}
