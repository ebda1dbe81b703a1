import { withWorker } from './worker.mjs';

const SERVER = import.meta.resolve('../processes/base44-server.mjs');

/** Runs `use` with a light stand-in for Base44 in another process. */
export function withBase44(use) {
  return withWorker(SERVER, {}, async (worker) =>
    use({ serverUrl: await worker.ask('listen'), takeRequests: () => worker.ask('takeRequests') }),
  );
}
