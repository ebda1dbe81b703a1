import { connectorsService, sdkConnectors } from '../support/connectors.mjs';
import { timed } from '../support/timed.mjs';
import { serveParent } from '../support/worker.mjs';

const BYTES_PER_KIB = 1024;

let connectors;

serveParent({
  /** Resolves another connection first, so that the code is loaded and a socket is open. */
  async prepare(kind, serverUrl) {
    connectors =
      kind === 'module' ? await connectorsService({ serverUrl }) : sdkConnectors(serverUrl);
    await connectors.getConnection('warm-up');
  },

  async burst(callers, connections) {
    globalThis.gc();
    const before = process.memoryUsage();
    let outcomes;
    const ms = await timed(async () => {
      outcomes = await Promise.allSettled(
        Array.from({ length: callers }, (_, caller) =>
          connectors.getConnection(`connector-${caller % connections}`),
        ),
      );
    });
    const { heapUsed } = process.memoryUsage();
    return {
      ms,
      failed: outcomes.filter(({ status }) => status === 'rejected').length,
      rssBytes: process.resourceUsage().maxRSS * BYTES_PER_KIB - before.rss,
      heapBytes: heapUsed - before.heapUsed,
    };
  },
});
