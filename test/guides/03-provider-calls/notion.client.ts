// notion.client.ts
import { Client } from '@notionhq/client';

export function createNotion(fetch: typeof globalThis.fetch) {
  return new Client({ fetch });
}
