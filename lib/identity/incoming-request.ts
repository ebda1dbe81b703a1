import type { ExecutionContext } from '@nestjs/common';
import type {
  IncomingRequest,
  MicroserviceMessage,
} from '../interfaces/incoming-request.interface.js';
import { getHandshake } from './handshakes.js';

/** The contexts that GraphQL servers give their resolvers, of queries and of subscriptions. */
interface GraphqlContext {
  readonly req?: IncomingRequest;
  readonly request?: IncomingRequest;
  readonly reply?: { readonly request?: IncomingRequest };
  readonly extra?: { readonly request?: IncomingRequest };
}

/**
 * The request that a handler is called for, in every transport.
 *
 * @returns `undefined` where it is not known
 * @internal
 */
export function getIncomingRequest(context: ExecutionContext): IncomingRequest | undefined {
  switch (context.getType<string>()) {
    case 'http':
      return context.switchToHttp().getRequest<IncomingRequest>();
    case 'graphql':
      return requestIn(context.getArgByIndex<GraphqlContext | undefined>(2));
    case 'ws':
      return getHandshake(context.switchToWs().getClient<object>());
    case 'rpc':
      return messageOf(context);
    default:
      return undefined;
  }
}

function requestIn({ req, request, reply, extra }: GraphqlContext = {}):
  IncomingRequest | undefined {
  const found = req ?? request ?? reply?.request ?? extra?.request;
  // Nest's drivers put the context of `graphql-ws` where else the request stands.
  return (found as GraphqlContext | undefined)?.extra?.request ?? found;
}

function messageOf(context: ExecutionContext): MicroserviceMessage {
  const rpc = context.switchToRpc();
  return { data: rpc.getData<unknown>(), context: rpc.getContext<unknown>() };
}
