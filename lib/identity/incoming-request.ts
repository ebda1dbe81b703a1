import type { ExecutionContext } from '@nestjs/common';
import type {
  IncomingRequest,
  MicroserviceMessage,
} from '../interfaces/incoming-request.interface.js';
import { getHandshake } from './handshakes.js';

/** The context of GraphQL resolvers, both of queries and of subscriptions. */
interface GraphqlContext {
  readonly req?: IncomingRequest;
  readonly request?: IncomingRequest;
  readonly reply?: { readonly request?: IncomingRequest };
  readonly extra?: { readonly request?: IncomingRequest };
}

/**
 * Returns the request that a handler handles, in every transport, or `undefined` if it is unknown.
 *
 * @internal
 */
export function getIncomingRequest(context: ExecutionContext): IncomingRequest | undefined {
  switch (context.getType<string>()) {
    case 'http':
      return context.switchToHttp().getRequest<IncomingRequest>();
    case 'graphql':
      return getGraphqlRequest(context.getArgByIndex<GraphqlContext | undefined>(2));
    case 'ws':
      return getHandshake(context.switchToWs().getClient<object>());
    case 'rpc':
      return getMessage(context);
    default:
      return undefined;
  }
}

function getGraphqlRequest({ req, request, reply, extra }: GraphqlContext = {}):
  IncomingRequest | undefined {
  const found = req ?? request ?? reply?.request ?? extra?.request;
  // Drivers of Nest put the context of `graphql-ws` in place of the request.
  return (found as GraphqlContext | undefined)?.extra?.request ?? found;
}

function getMessage(context: ExecutionContext): MicroserviceMessage {
  const rpc = context.switchToRpc();
  return { data: rpc.getData<unknown>(), context: rpc.getContext<unknown>() };
}
