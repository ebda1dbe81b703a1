import { channel } from 'node:diagnostics_channel';

const NAME = 'nestjs-base44-connectors';

/** The lookups of connections. */
export const lookupChannel = channel(`${NAME}:lookup`);

/** The transitions of connections, and of Base44. */
export const connectionChannel = channel(`${NAME}:connection`);

/**
 * The channels of an operation that takes time. The operation runs within the stores that are bound to `start`.
 *
 * @internal
 */
export type OperationChannels = ReturnType<typeof createOperationChannels>;

/** The requests to Base44. */
export const requestChannels = createOperationChannels('request');

/** The requests to providers. */
export const callChannels = createOperationChannels('call');

function createOperationChannels(name: string) {
  return { start: channel(`${NAME}:${name}:start`), end: channel(`${NAME}:${name}`) };
}
