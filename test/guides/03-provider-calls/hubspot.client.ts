// hubspot.client.ts
import {
  BasicApi,
  createConfiguration,
  ResponseContext,
  wrapHttpLibrary,
} from '@hubspot/api-client/lib/codegen/crm/contacts/index.js';

// The SDK's Client has its own fetch. The classes of its APIs take a function that sends a request.
export function createContacts(fetch: typeof globalThis.fetch) {
  const httpApi = wrapHttpLibrary({
    send: async (request) => {
      const response = await fetch(request.getUrl(), {
        method: request.getHttpMethod(),
        headers: request.getHeaders(),
        body: request.getBody() as string,
      });
      return new ResponseContext(response.status, Object.fromEntries(response.headers), {
        text: () => response.text(),
        binary: async () => Buffer.from(await response.arrayBuffer()),
      });
    },
  });
  return new BasicApi(createConfiguration({ httpApi }));
}
