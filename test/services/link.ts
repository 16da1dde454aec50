// A slow link between two servers, which can be cut.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Link {
  readonly port: number;
  /** Lets nothing through any more, without closing. */
  cut(): void;
  close(): void;
}

/** A link to a server at `port` on which every byte takes `ms`. */
export async function startLink(port: number, ms: number): Promise<Link> {
  const sockets = new Set<Socket>();
  let open = true;
  const forward = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('data', (bytes) => setTimeout(() => open && to.write(bytes), ms));
    from.on('close', () => to.destroy());
    from.on('error', () => {});
  };
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    forward(near, far);
    forward(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      open = false;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
