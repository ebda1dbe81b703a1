import type { Base44Emulator } from 'nestjs-base44-connectors/testing';
import type { Tokens } from './tokens.js';
import type { Trace } from './trace.js';

/** Notes what arrives at Base44, by a fault that only looks on. */
export function watchBase44(base44: Base44Emulator, tokens: Tokens, trace: Trace): void {
  const { host } = new URL(base44.url);
  base44.fault({
    times: Infinity,
    respond: async ({ method, path, headers }, response, next) => {
      const waitedMs = trace.arrival();
      await next();
      const says = [`hands out the ${tokens.of(path.replace(/^.*\//, ''))}`];
      const token = tokens.nameIn(headers.authorization);
      const { statusCode: status } = response;
      trace.add({ to: 'Base44', host, method, path, token, status, says, waitedMs });
    },
  });
}
