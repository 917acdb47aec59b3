import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { portOf } from '../../ports.ts';

/** Something that answers HTTP on 127.0.0.1. */
export type Listener = {
  readonly url: string;
  /** Drops open connections and resolves when the port is free. */
  stop(): Promise<void>;
};

export async function listen(answer: RequestListener): Promise<Listener> {
  const server = createServer(answer);
  server.keepAliveTimeout = 0; // a client that reuses a connection never meets one that closes
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
