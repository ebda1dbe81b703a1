import type { ArgumentsHost, CanActivate, ExecutionContext } from '@nestjs/common';

/** The names of the handlers, by the object that identifies a call and by the pattern of a message. */
const handlers = new WeakMap<object, Map<string, string>>();

/**
 * A guard that lets every call pass and records its handler, because Nest does not tell exception filters
 * the handler.
 *
 * @internal
 */
export class HandlerRecorder implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const call = getCall(context);
    if (call === undefined) return true;
    const names = handlers.get(call) ?? new Map<string, string>();
    names.set(getPattern(context), `${context.getClass().name}.${context.getHandler().name}`);
    handlers.set(call, names);
    return true;
  }
}

/**
 * Returns the class and the method that handled a call, such as `'CalendarController.events'`.
 *
 * @returns `undefined` for an error outside of handlers, or without a {@link HandlerRecorder}
 * @internal
 */
export function findHandlerName(host: ArgumentsHost): string | undefined {
  const call = getCall(host);
  return call === undefined ? undefined : handlers.get(call)?.get(getPattern(host));
}

/** Returns the object that belongs to one call. A client of a gateway has one for each pattern. */
function getCall(host: ArgumentsHost): object | undefined {
  const call = getCallArgument(host);
  return typeof call === 'object' && call !== null ? call : undefined;
}

function getCallArgument(host: ArgumentsHost): unknown {
  switch (host.getType<string>()) {
    case 'rpc':
      return host.switchToRpc().getContext();
    case 'graphql':
      // The info of the field.
      return host.getArgByIndex(3);
    default:
      // The request of HTTP, or the client of a gateway.
      return host.getArgByIndex(0);
  }
}

function getPattern(host: ArgumentsHost): string {
  return host.getType() === 'ws' ? host.switchToWs().getPattern() : '';
}
