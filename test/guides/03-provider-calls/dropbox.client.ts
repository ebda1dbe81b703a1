// dropbox.client.ts
import { Dropbox } from 'dropbox';

export function createDropbox(fetch: typeof globalThis.fetch) {
  return new Dropbox({
    fetch: async (url: string, init: RequestInit) => {
      const response = await fetch(url, init);
      // The SDK reads files with this method of node-fetch.
      const buffer = async () => Buffer.from(await response.arrayBuffer());
      return Object.assign(response, { buffer });
    },
  });
}
