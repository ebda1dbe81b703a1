// microsoft-graph.client.ts
import { Client, GraphClientError } from '@microsoft/microsoft-graph-client';

export function createGraph(fetch: typeof globalThis.fetch) {
  return Client.initWithMiddleware({
    middleware: {
      execute: async (context) => {
        try {
          context.response = await fetch(context.request as string, context.options);
        } catch (cause) {
          // The SDK keeps the causes of this class only.
          throw Object.assign(new GraphClientError('Microsoft Graph was not called'), { cause });
        }
      },
    },
  });
}
