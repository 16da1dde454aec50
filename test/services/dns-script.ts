// A name server that answers by the type of the question, as no real one would; by UDP.
import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

export const A = 1;
export const AAAA = 28;
export type Reply = 'address' | 'nodata' | 'servfail' | 'nxdomain' | 'refused' | 'silent';

const RCODES: Readonly<Record<Reply, number>> = {
  address: 0,
  nodata: 0,
  silent: 0,
  servfail: 2,
  nxdomain: 3,
  refused: 5,
};
const ADDRESSES: Readonly<Record<number, Buffer>> = {
  [A]: Buffer.from([192, 0, 2, 10]),
  [AAAA]: Buffer.from('20010db8000000000000000000000010', 'hex'),
};

export async function startScript(replies: Readonly<Record<number, Reply>>): Promise<{ port: number; stop(): void }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const { question, type } = questionOf(query);
    const reply = replies[type] ?? 'nodata';
    if (reply !== 'silent') socket.send(answer(query, question, type, reply), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: (socket.address() as AddressInfo).port, stop: () => socket.close() };
}

function questionOf(query: Buffer): { question: Buffer; type: number } {
  let end = 12;
  while (query[end] !== 0) end += query[end]! + 1;
  return { question: query.subarray(12, end + 5), type: query.readUInt16BE(end + 1) };
}

/** Header, question, and the record, whose name points to that of the question. */
function answer(query: Buffer, question: Buffer, type: number, reply: Reply): Buffer {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8580 | RCODES[reply], 2);
  header.writeUInt16BE(1, 4);
  if (reply !== 'address') return Buffer.concat([header, question]);
  header.writeUInt16BE(1, 6);
  const address = ADDRESSES[type]!;
  const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, address.length]);
  return Buffer.concat([header, question, record, address]);
}
